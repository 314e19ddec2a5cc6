-- The tables of run.duckdb the workbooks read, reduced to the columns they read.
CREATE TABLE core_ctx (as_of DATE, latest_pay_month INTEGER);
CREATE TABLE core_township (township_code VARCHAR, township_name VARCHAR, county_code VARCHAR, county_name VARCHAR);
CREATE TABLE core_household (household_id VARCHAR, township_code VARCHAR, active BOOLEAN);
CREATE TABLE core_person (person_key VARCHAR, household_id VARCHAR, township_code VARCHAR, active BOOLEAN);
CREATE TABLE run_input (dataset VARCHAR, title VARCHAR, file VARCHAR, sha256 VARCHAR, status VARCHAR, reason VARCHAR,
    received BIGINT, loaded BIGINT, quarantined BIGINT, ignored BIGINT);
CREATE TABLE run_ignored (dataset VARCHAR, file VARCHAR, reason VARCHAR, rows BIGINT);
CREATE TABLE run_rule (rule_id VARCHAR, title VARCHAR, family VARCHAR, severity VARCHAR, version INTEGER, status VARCHAR, reason VARCHAR,
    findings BIGINT, seconds DOUBLE, basis VARCHAR, false_positives VARCHAR, review_steps VARCHAR, closing_action VARCHAR, note VARCHAR);
CREATE TABLE run_parameter (name VARCHAR, title VARCHAR, region VARCHAR, valid_from DATE, value VARCHAR, unit VARCHAR, source VARCHAR, is_example BOOLEAN);
CREATE TABLE recon_ledgers (level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, benefit_type VARCHAR,
    roll_households BIGINT, roll_persons BIGINT, roll_yuan DECIMAL(18, 2), paid_households BIGINT, paid_persons BIGINT, paid_yuan DECIMAL(18, 2),
    archive_households BIGINT, archive_persons BIGINT, archive_yuan DECIMAL(18, 2), diff_paid_yuan DECIMAL(18, 2),
    diff_archive_yuan DECIMAL(18, 2), reason VARCHAR);
CREATE TABLE recon_movement (level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, benefit_type VARCHAR,
    joined BIGINT, "left" BIGINT, raised BIGINT, lowered BIGINT, unchanged BIGINT, joined_persons BIGINT, left_persons BIGINT,
    raised_persons BIGINT, lowered_persons BIGINT, unchanged_persons BIGINT, joined_yuan DECIMAL(18, 2), left_yuan DECIMAL(18, 2),
    raised_yuan DECIMAL(18, 2), lowered_yuan DECIMAL(18, 2), unchanged_yuan DECIMAL(18, 2));
CREATE TABLE recon_outcomes (level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, outcome VARCHAR, roll_rows BIGINT);
CREATE TABLE recon_suspects_by_rule (level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, rule_id VARCHAR,
    severity VARCHAR, findings BIGINT, persons BIGINT, households BIGINT, amount_at_risk DECIMAL(18, 2), new BIGINT, continuing BIGINT,
    changed BIGINT, decided BIGINT, reopened BIGINT, reviewed BIGINT, confirmed BIGINT);
CREATE TABLE recon_intake (kind VARCHAR, level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, dataset VARCHAR,
    file VARCHAR, status VARCHAR, received BIGINT, loaded BIGINT, quarantined BIGINT, ignored BIGINT, ignored_by_reason VARCHAR,
    roll_rows BIGINT, accurate_rows BIGINT, passed_rows BIGINT, accuracy_rate DOUBLE, pass_rate DOUBLE);
CREATE TABLE recon_changes (level VARCHAR, county_code VARCHAR, township_code VARCHAR, household_id VARCHAR, finding_id VARCHAR, rule_id VARCHAR,
    subject_key VARCHAR, severity VARCHAR, change VARCHAR, reason VARCHAR, evidence_before VARCHAR, evidence_now VARCHAR);
CREATE TABLE out_finding (
    rule_id VARCHAR,
    rule_version INTEGER,
    rule_title VARCHAR,
    severity VARCHAR,
    subject_kind VARCHAR,
    subject_key VARCHAR,
    township_code VARCHAR,
    township_name VARCHAR,
    village VARCHAR,
    household_id VARCHAR,
    head_name VARCHAR,
    id_number VARCHAR,
    name VARCHAR,
    benefit_type VARCHAR,
    match_tier VARCHAR,
    match_confidence DOUBLE,
    amount_at_risk DECIMAL(18, 2),
    event_date DATE,
    evidence VARCHAR,
    contradictions VARCHAR[],
    explanation VARCHAR,
    state VARCHAR,
    first_seen DATE,
    finding_id VARCHAR,
    evidence_hash VARCHAR,
    also_townships VARCHAR[],
    as_of DATE,
    run_id VARCHAR
);
