import django.db.models.deletion
from django.db import migrations, models

import arena.models

CHOICES = [
    ("a_better", "A is better"),
    ("b_better", "B is better"),
    ("both_good", "Both are good"),
    ("both_bad", "Neither is good"),
    ("cannot_say", "I can't say"),
]


class Migration(migrations.Migration):
    """Until now nothing could open a room nor vote in one: the tables are empty."""

    dependencies = [
        ("arena", "0006_names_in_words"),
        ("portals", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="kind",
            field=models.CharField(
                choices=[("shared", "Everyone reads the same duel"), ("own", "Each has their own")],
                default="shared",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="link",
            field=models.CharField(
                default=arena.models.new_link,
                help_text="Secret: who opens it leads the room.",
                max_length=32,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="room",
            name="owner_key",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name="RoomMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor_key", models.CharField(max_length=64)),
                ("is_teacher", models.BooleanField(default=False)),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portals.legalversion",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="arena.room"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("room", "visitor_key"), name="in_a_room_once")],
            },
        ),
        migrations.RemoveConstraint(model_name="roomvote", name="one_vote_per_pupil"),
        migrations.AddField(
            model_name="roomvote",
            name="turn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="room_votes", to="arena.turn"
            ),
        ),
        migrations.AddConstraint(
            model_name="roomvote",
            constraint=models.UniqueConstraint(fields=("turn", "visitor_key"), name="one_vote_per_pupil"),
        ),
        migrations.AddConstraint(
            model_name="roomvote",
            constraint=models.CheckConstraint(
                condition=models.Q(("choice__in", [code for code, _label in CHOICES])), name="known_room_choice"
            ),
        ),
    ]
