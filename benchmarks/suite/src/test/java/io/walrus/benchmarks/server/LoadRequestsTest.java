package io.walrus.benchmarks.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadRequestsTest {
    private static final List<byte[]> REQUESTS = List.of("a1".getBytes(US_ASCII), "bbb".getBytes(US_ASCII));

    @Test
    void requestsGoOutInTurnFromTheOneNamed() {
        LoadRequests requests = LoadRequests.of(2, REQUESTS::get).from(1);
        StringBuilder sent = new StringBuilder();
        for (int count : List.of(1, 1, 3, 2)) {
            requests.next(count, part -> sent.append(part.toString(US_ASCII)));
        }

        assertThat(sent).hasToString("bbba1bbba1bbba1bbb");
    }
}
