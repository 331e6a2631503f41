package io.perfkit.cache.internal;

import io.perfkit.testkit.grammar.DurationTexts;
import org.junit.jupiter.api.Test;

class DurationTextTest {
    @Test
    void parse_eachTextOfTheCommonTable_isReadAsInEveryArtifact() {
        DurationTexts.check(DurationText::parse);
    }
}
