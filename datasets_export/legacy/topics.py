"""What the existing site says that a conversation is about, when it is one of the 18 topics. Pure."""

KNOWN = frozenset(
    (
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
)
