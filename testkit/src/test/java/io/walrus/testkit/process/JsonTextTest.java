package io.walrus.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @Test
    void readsAllThatNodesWrite() {
        assertThat(JsonText.object(" {\"a\\n\\u00e9\\\"\" : [1,-2, true,null,{}, []] } "))
                .isEqualTo(Map.of("a\né\"", Arrays.asList(1L, -2L, true, null, Map.of(), List.of())));
    }

    @Test
    void findsWhatLiesDeep() {
        Map<?, ?> object = JsonText.object("{\"a\":{\"b\":[3]},\"c\":1}");

        assertThat(JsonText.list(JsonText.in(object, "a", "b"))).isEqualTo(List.of(3L));
        assertThat(JsonText.in(object, "c", "b")).isNull();
        assertThat(JsonText.list(JsonText.in(object, "c"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{\"a\"}", "{\"a\":1} x", "{\"a", "nope", "{\"a\":[1 2]}", "{\"\\u00"})
    void refusesWhatIsNoObject(String text) {
        assertThatThrownBy(() -> JsonText.object(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
