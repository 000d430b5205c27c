"""What a team looks at: what is scraped, what is computed of it, what is drawn and what calls somebody. Plain data."""
