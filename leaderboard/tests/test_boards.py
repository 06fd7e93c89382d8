"""From an outcome file to figures: which boards, who is ranked, and the right words where nobody can be."""

import json

import numpy as np
import pytest

from arena import outcome_file
from leaderboard import analysing, boards, computing, outcomes, words
from leaderboard.tests.test_outcomes import row

SMALL = analysing.Parameters(resamples=40, simulations=500, least_votes=5, least_visitors=3, least_of_board=50)
MODELS = ("ant", "bee", "cow", "dog")


def simulated(votes=400, visitors=60, models=MODELS, seed=1, **fields):
    """Rows in which the first models are the better ones, and longer answers please."""
    rng = np.random.default_rng(seed)
    for number in range(votes):
        first, second = rng.permutation(len(models))[:2]
        length = rng.integers(100, 1000, 2)
        gap = 0.3 * (second - first) + 0.8 * (length[0] - length[1]) / sum(length)
        choice = "both_good" if rng.random() < 0.2 else "both_bad" if rng.random() < 0.2 else None
        choice = choice or ("a_better" if rng.random() < 1 / (1 + np.exp(-gap)) else "b_better")
        yield row(
            f"c{seed}-{number:06}", 1, models[first], models[second], choice, f"v{rng.integers(visitors)}",
            length_a=int(length[0]), length_b=int(length[1]), **fields,
        )  # fmt: skip


@pytest.fixture
def computed(tmp_path):
    def compute(rows, parameters=SMALL):
        outcome_file.write(tmp_path / "outcomes.parquet", sorted(rows))
        return computing.compute(tmp_path / "outcomes.parquet", parameters)

    return compute


def ratings(document, code="all"):
    [board] = [board for board in document["boards"] if board["board"] == code]
    return {rating["model"]: rating for rating in board["ratings"]}


def test_a_board_says_all_that_is_known_of_its_models(computed):
    document, needs = computed(list(simulated()))
    board = document["boards"][0]
    assert (board["board"], board["counts"]["votes"], board["counts"]["ranked"]) == ("all", 400, 4)
    assert [rating["rank"] for rating in board["ratings"]] == [1, 2, 3, 4]
    best = board["ratings"][0]
    low, high = best["interval"]
    assert (best["model"], best["tier"], best["not_ranked"]) == ("ant", 1, "")
    assert low < best["score"] < high
    assert best["rank_interval"][0] == 1
    assert 0.5 < best["p_best"] <= 1
    assert sum(rating["p_best"] for rating in board["ratings"]) == pytest.approx(1, abs=0.001)
    assert sum(rating["score"] for rating in board["ratings"]) == pytest.approx(4000, abs=0.05)
    assert board["style"]["length"]["points"] > 0
    assert board["pairs"]["models"] == [rating["model"] for rating in board["ratings"]]
    assert sum(map(sum, board["pairs"]["votes"])) == 400
    assert len(needs) == 6


def test_five_wins_three_draws_and_two_losses_are_told_both_ways():
    assert analysing.rates(5, 3, 2, 1) == {"win_rate": 0.65, "decided_win_rate": 0.7143, "both_bad_rate": 0.1}
    assert analysing.rates(0, 0, 0, 0) == dict.fromkeys(("win_rate", "decided_win_rate", "both_bad_rate"))


def test_neither_is_a_tie_for_the_score_and_counted_apart(computed):
    one, other = (
        ratings(computed([with_choice(line, tie) for line in simulated()])[0]) for tie in ("both_good", "both_bad")
    )
    assert [rating["score"] for rating in one.values()] == [rating["score"] for rating in other.values()]
    assert {rating["both_bad"] for rating in one.values()} == {0}
    assert sum(rating["both_bad"] for rating in other.values()) > 0


def with_choice(line, tie):
    """The row, its ties made of this kind."""
    place = outcome_file.SCHEMA.get_field_index("choice")
    choice = tie if line[place].startswith("both") else line[place]
    return (*line[:place], choice, *line[place + 1 :])


def test_boards_by_portal_language_topic_and_period_need_enough_votes(computed):
    rows = [
        *simulated(100, seed=1, portal="fr", prompt_language="fr", topics=["Sports", "Other"]),
        *simulated(60, seed=2, portal="da", prompt_language="da", topics=["Sports"]),
        *simulated(40, seed=3, portal="lt", prompt_language="", mode="custom"),
    ]
    document, _needs = computed(rows)
    votes = {board["board"]: board["counts"]["votes"] for board in document["boards"]}
    assert votes == {
        "all": 160,
        "portal:da": 60,
        "portal:fr": 100,
        "language:da": 60,
        "language:fr": 100,
        "topic:Other": 100,
        "topic:Sports": 160,
        "period:90-days": 160,
        "period:365-days": 160,
        "weighted": 160,
        "custom": 40,
    }
    assert len({board["digest"] for board in document["boards"]}) == len(votes)


def test_a_vote_weighs_by_its_draw_and_a_replaced_pair_is_left_out(tmp_path):
    rows = [
        row("c1", draw_probability=0.5),
        row("c2", draw_probability=0.25),
        row("c3", draw_probability=None),
        row("c4", is_replaced=True),
    ]
    outcome_file.write(tmp_path / "o.parquet", rows)
    found = {board.code: board for board in boards.boards(outcomes.read(tmp_path / "o.parquet"), 1)}
    assert found["weighted"].weight == pytest.approx([2 / 3, 4 / 3])
    assert found["weighted"].left_out == 2


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([], (0, 0)),
        ([row(f"c{number:04}", visitor=f"v{number}") for number in range(40)], (2, 0)),
    ],
)
def test_nobody_is_ranked_and_nothing_fails_without_votes_or_without_a_loss(computed, rows, counts):
    document, needs = computed(rows)
    board = document["boards"][0]
    assert (board["counts"]["models"], board["counts"]["ranked"]) == counts
    assert {(rating["score"], rating["not_ranked"]) for rating in board["ratings"]} <= {(None, "apart")}
    assert needs == {}


def test_two_models_can_be_ranked(computed):
    found = ratings(computed(list(simulated(200, models=("ant", "bee"))))[0])
    assert [rating["rank"] for rating in found.values()] == [1, 2]


def test_a_model_with_few_votes_few_visitors_only_wins_or_plays_apart_is_listed_as_not_ranked(computed):
    rows = list(simulated())
    rows += [row(f"d{number:03}", 1, "few", "ant", "a_better", f"v{number}") for number in range(4)]
    rows += [
        row(f"e{number:03}", 1, "one-visitor", "ant", ("a_better", "b_better")[number % 2], "v1")
        for number in range(20)
    ]
    rows += [row(f"f{number:03}", 1, "winner", "ant", "a_better", f"v{number}") for number in range(30)]
    rows += [
        row(f"g{number:03}", 1, "apart-1", "apart-2", ("a_better", "b_better")[number % 2], f"v{number}")
        for number in range(30)
    ]
    found = ratings(computed(rows)[0])
    assert {model: rating["not_ranked"] for model, rating in found.items() if rating["not_ranked"]} == {
        "few": "few_votes",
        "one-visitor": "few_visitors",
        "winner": "apart",
        "apart-1": "apart",
        "apart-2": "apart",
    }
    assert {found[model]["score"] for model in ("few", "winner", "apart-1")} == {None}
    assert found["winner"]["win_rate"] == 1
    assert {found[model]["rank"] for model in MODELS} == {1, 2, 3, 4}


def test_one_visitor_with_ten_thousand_votes_is_no_certainty(computed):
    """They alone: nobody is ranked. Beside others: intervals are wide, and the board says from how few they come."""
    alone = list(simulated(10_000, visitors=1))
    document, _needs = computed(alone)
    assert {rating["not_ranked"] for rating in ratings(document).values()} == {"few_visitors"}
    many, _needs = computed(list(simulated(10_000, visitors=3000)))
    beside, _needs = computed([*alone, *simulated(100, visitors=100, seed=2)])
    assert beside["boards"][0]["counts"]["ranked"] == 4
    assert beside["boards"][0]["freedom"] < 50 < many["boards"][0]["freedom"]
    widths = [
        [high - low for low, high in (rating["interval"] for rating in ratings(document).values())]
        for document in (many, beside)
    ]
    assert min(widths[1]) > 2 * max(widths[0])


def test_the_digest_changes_with_votes_parameters_seed_and_versions(computed, monkeypatch):
    rows = list(simulated(60))
    digests = [computed(rows)[0]["boards"][0]["digest"]]
    digests.append(computed(rows[1:])[0]["boards"][0]["digest"])
    digests.append(computed(rows, analysing.Parameters(seed=7, resamples=40))[0]["boards"][0]["digest"])
    monkeypatch.setattr(computing.platform, "python_version", lambda: "3.99")
    digests.append(computed(rows)[0]["boards"][0]["digest"])
    assert len(set(digests)) == 4


def test_models_that_one_visitor_alone_ties_to_the_others_are_not_ranked_with_them(computed):
    rows = [
        *simulated(140, models=("ant", "bee"), seed=1, visitors=20),
        *simulated(100, models=("cow", "dog"), seed=2, visitors=20),
        *(row(f"l{number:03}", 1, "ant", "cow", ("a_better", "b_better")[number % 2], "link") for number in range(30)),
    ]
    found = ratings(computed(rows)[0])
    assert {model: rating["not_ranked"] for model, rating in found.items()} == {
        "ant": "",
        "bee": "",
        "cow": "one_visitor",
        "dog": "one_visitor",
    }


@pytest.mark.parametrize(
    "choices", [["both_good"], ["a_better", "b_better"]], ids=["nothing but ties", "each visitor once for each"]
)
def test_votes_that_give_no_measure_of_their_uncertainty_rank_nobody(computed, choices):
    rows = [
        row(f"c{number:03}", turn, choice=choice, visitor=f"v{number}")
        for number in range(40)
        for turn, choice in enumerate(choices, 1)
    ]
    document, _needs = computed(rows)
    assert {rating["not_ranked"] for rating in ratings(document).values()} == {"uncertain"}
    json.dumps(document, allow_nan=False)


def test_the_words_that_were_ticked_are_counted_for_the_side_that_has_the_model(computed):
    rows = [
        row("c1", 1, "ant", "bee", tags_a=["useful", "complete"], tags_b=["incorrect"]),
        row("c2", 1, "bee", "ant", tags_b=["useful"]),
        row("c3", 1, "ant", "bee"),
    ]
    found = ratings(computed(rows)[0])
    assert found["ant"]["words"] == {"ticked": 2, "votes": {"complete": 1, "useful": 2}}
    assert found["bee"]["words"] == {"ticked": 1, "votes": {"incorrect": 1}}


def test_the_share_of_a_word_is_among_votes_with_a_word_and_has_wilsons_interval():
    found = words.shares({"ticked": 100, "votes": {"useful": 50}}, ["useful", "creative"])
    assert found["useful"] == words.Share(50, 0.5, 0.4038, 0.5962)
    assert (found["creative"].share, found["creative"].low, found["creative"].high) == (0, 0, 0.037)
    assert words.shares({"ticked": words.LEAST - 1, "votes": {"useful": 29}}, ["useful"]) is None
    assert words.shares(None, ["useful"]) is None
