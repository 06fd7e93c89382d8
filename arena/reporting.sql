-- What a reporting tool may read: docs/reporting.md. Rows of what happened, to the hour; no text that anyone wrote, no
-- visitor, no address of a comparison, no receipt.

CREATE VIEW reporting.comparisons AS
SELECT date_trunc('hour', comparison.created_at) AS hour, portal.code AS portal, comparison.origin, comparison.language,
       comparison.mode, a.slug AS model_a, b.slug AS model_b, comparison.drawn_a, comparison.drawn_b,
       comparison.draw_policy, comparison.draw_probability, comparison.is_replaced,
       comparison.room_id IS NOT NULL AS is_in_room, comparison.cohorts <> '{}' AS is_in_cohort,
       comparison.revealed_at IS NOT NULL AS is_revealed, comparison.share_token IS NOT NULL AS is_shared,
       comparison.withdrawn_at IS NOT NULL AS is_withdrawn, comparison.erased_at IS NOT NULL AS is_erased,
       comparison.first_release,
       (SELECT count(*) FROM arena_turn AS turn WHERE turn.comparison_id = comparison.id) AS turns
  FROM arena_comparison AS comparison
  JOIN portals_portal AS portal ON portal.id = comparison.portal_id
  JOIN models_catalog_languagemodel AS a ON a.id = comparison.model_a_id
  JOIN models_catalog_languagemodel AS b ON b.id = comparison.model_b_id;

CREATE VIEW reporting.turns AS
SELECT date_trunc('hour', turn.created_at) AS hour, portal.code AS portal, comparison.origin, comparison.mode, turn.number,
       turn.prompt_language, length(turn.prompt) AS prompt_characters, turn.suggestion <> '' AS is_suggested,
       turn.is_prompt_edited, turn.topics, vote.id IS NOT NULL AS is_voted
  FROM arena_turn AS turn
  JOIN arena_comparison AS comparison ON comparison.id = turn.comparison_id
  JOIN portals_portal AS portal ON portal.id = comparison.portal_id
  LEFT JOIN arena_vote AS vote ON vote.turn_id = turn.id;

CREATE VIEW reporting.answers AS
SELECT date_trunc('hour', coalesce(answer.started_at, turn.created_at)) AS hour, portal.code AS portal, comparison.origin,
       turn.number AS turn, model.slug AS model, answer.provider, answer.electricity_zone, answer.status,
       answer.error_code, answer.input_tokens, answer.output_tokens, answer.token_source, answer.first_token_ms,
       answer.reasoning_ms, (extract(epoch FROM answer.finished_at - answer.started_at) * 1000)::bigint AS duration_ms,
       answer.energy_wh_min, answer.energy_wh_max, answer.gco2_min, answer.gco2_max, answer.water_l_min,
       answer.water_l_max, answer.cost_usd, length(answer.text) AS characters,
       (SELECT count(*) FROM arena_attempt AS attempt WHERE attempt.answer_id = answer.id) AS attempts
  FROM arena_answer AS answer
  JOIN arena_turn AS turn ON turn.id = answer.turn_id
  JOIN arena_comparison AS comparison ON comparison.id = turn.comparison_id
  JOIN portals_portal AS portal ON portal.id = comparison.portal_id
  JOIN models_catalog_languagemodel AS model ON model.id = answer.model_id;

CREATE VIEW reporting.votes AS
SELECT date_trunc('hour', vote.created_at) AS hour, portal.code AS portal, comparison.origin, comparison.mode,
       turn.number AS turn, turn.prompt_language, a.slug AS model_a, b.slug AS model_b, vote.choice,
       ARRAY(SELECT tag FROM unnest(vote.tags_a) AS tag WHERE tag IN (SELECT code FROM arena_votetag)) AS tags_a,
       ARRAY(SELECT tag FROM unnest(vote.tags_b) AS tag WHERE tag IN (SELECT code FROM arena_votetag)) AS tags_b,
       vote.comment_a <> '' AS has_comment_a, vote.comment_b <> '' AS has_comment_b, vote.seconds_to_vote,
       EXISTS (SELECT FROM arena_exclusion AS exclusion
                WHERE exclusion.comparison_id = comparison.id AND exclusion.lifted_at IS NULL
                  AND (exclusion.turn_id IS NULL OR exclusion.turn_id = turn.id)
                  AND exclusion.scope = 'everything') AS is_excluded
  FROM arena_vote AS vote
  JOIN arena_turn AS turn ON turn.id = vote.turn_id
  JOIN arena_comparison AS comparison ON comparison.id = turn.comparison_id
  JOIN portals_portal AS portal ON portal.id = comparison.portal_id
  JOIN models_catalog_languagemodel AS a ON a.id = comparison.model_a_id
  JOIN models_catalog_languagemodel AS b ON b.id = comparison.model_b_id;

CREATE VIEW reporting.exclusions AS
SELECT date_trunc('day', exclusion.created_at) AS day, portal.code AS portal, exclusion.rule, exclusion.scope,
       exclusion.shadow, exclusion.turn_id IS NOT NULL AS is_of_one_turn, exclusion.lifted_at IS NOT NULL AS is_lifted
  FROM arena_exclusion AS exclusion
  JOIN arena_comparison AS comparison ON comparison.id = exclusion.comparison_id
  JOIN portals_portal AS portal ON portal.id = comparison.portal_id;

CREATE VIEW reporting.models AS
SELECT model.slug, model.name, organisation.name AS organisation, organisation.country, licence.name AS licence,
       licence.distribution, model.status, model.architecture, model.total_params, model.active_params, model.release_date,
       model.rank_summary
  FROM models_catalog_languagemodel AS model
  JOIN models_catalog_organisation AS organisation ON organisation.id = model.organisation_id
  JOIN models_catalog_licence AS licence ON licence.id = model.licence_id;

CREATE VIEW reporting.spending AS
SELECT spending.day, model.slug AS model, spending.provider, spending.answers, spending.input_tokens,
       spending.output_tokens, spending.dollars, spending.reserved, endpoint.daily_ceiling,
       endpoint.input_price IS NOT NULL AND endpoint.output_price IS NOT NULL AS is_price_known
  FROM models_catalog_spending AS spending
  JOIN models_catalog_languagemodel AS model ON model.id = spending.model_id
  LEFT JOIN models_catalog_endpoint AS endpoint ON endpoint.id = spending.endpoint_id;

CREATE VIEW reporting.question_checks AS
SELECT counted.day, portal.code AS portal, counted.category, counted.mode, counted.outcome, counted.count
  FROM arena_promptcheckcount AS counted
  JOIN portals_portal AS portal ON portal.id = counted.portal_id;

CREATE VIEW reporting.pages_read AS
SELECT counted.day, portal.code AS portal, counted.page, counted.language, counted.referrer, counted.views
  FROM portals_pagecount AS counted
  JOIN portals_portal AS portal ON portal.id = counted.portal_id;
