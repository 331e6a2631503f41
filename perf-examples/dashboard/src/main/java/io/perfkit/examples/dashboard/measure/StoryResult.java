package io.perfkit.examples.dashboard.measure;

import java.util.List;

/**
 * What measuring one story gave.
 *
 * @param name the story
 * @param fault what is wrong with the endpoint as it was found
 * @param repair what was done about it
 * @param rows figures of both sides
 * @param budgets promises of the repaired side
 * @param plots plots of the report
 * @param notes what else the reader should know about the figures
 */
public record StoryResult(
        String name,
        String fault,
        String repair,
        List<Row> rows,
        List<Budget> budgets,
        List<Plot> plots,
        List<String> notes) {}
