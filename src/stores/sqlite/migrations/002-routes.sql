-- How the model was chosen, and what the provider's prompt cache saved.

ALTER TABLE calls ADD COLUMN chain TEXT;
ALTER TABLE calls ADD COLUMN route_reason TEXT;
ALTER TABLE calls ADD COLUMN prompt_cache_saved_nano_usd INTEGER NOT NULL DEFAULT 0;
