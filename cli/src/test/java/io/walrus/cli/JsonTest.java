package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void aFieldTakesALineAndAnArrayNone() {
        assertThat(indented("{\"a\":1,\"b\":{\"c\":[[1,2],[]],\"d\":null},\"e\":{ }}"))
                .isEqualTo("""
                {
                  "a": 1,
                  "b": {
                    "c": [[1, 2], []],
                    "d": null
                  },
                  "e": {}
                }""");
    }

    @Test
    void stringsStayAsTheyAre() {
        assertThat(indented("{\"{a,\\\"b\\\\\":\"]: {}\"}")).isEqualTo("{\n  \"{a,\\\"b\\\\\": \"]: {}\"\n}");
    }

    private static String indented(String json) {
        return new String(Json.indented(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
