-- Grain: filing.
SELECT key_of(beneficiary_id_number) AS beneficiary, key_of(official_id_number) AS official
FROM stg_relative_filings
