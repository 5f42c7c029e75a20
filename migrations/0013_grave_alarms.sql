-- How an alarm ended, where somebody died or was badly hurt: such a one keeps its place and times,
-- when those of others of the same hours are made coarse with the identity of a request.
ALTER TABLE danger ADD COLUMN ended_with TEXT
    CHECK (ended_with IN ('death', 'serious_self_harm'));
