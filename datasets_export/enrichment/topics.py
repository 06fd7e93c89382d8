"""What questions may be about. Only a model says it: docs/decisions tell what keyword rules were measured to do."""

LABELS = (
    "Arts",
    "Business & Economics & Finance",
    "Culture & Cultural geography",
    "Daily Life & Home & Lifestyle",
    "Education",
    "Entertainment & Travel & Hobby",
    "Environment",
    "Food & Drink & Cooking",
    "Health & Wellness & Medicine",
    "Law & Justice",
    "Natural Science & Formal Science & Technology",
    "Personal Development & Human Resources & Career",
    "Politics & Government",
    "Religion & Spirituality",
    "Shopping & Commodity",
    "Society & Social Issues & Human Rights",
    "Sports",
    "Other",
)
