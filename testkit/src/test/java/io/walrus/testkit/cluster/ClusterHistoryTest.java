package io.walrus.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The checker finds what it is there to find: what a simulation or a soak would only come across by luck.
class ClusterHistoryTest {
    private final ClusterHistory history = new ClusterHistory();
    private long number;

    @Test
    void entriesLieInTheOrderInWhichOneWasAcknowledgedBeforeTheOtherWasSent() {
        SimRequest first = put(1, 0, 10, Outcome.OK);
        SimRequest second = put(2, 11, 20, Outcome.OK);
        assertThatCode(() -> check(first, second)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(second, first)).hasMessageContaining("acknowledged when it was sent");
    }

    @Test
    void entriesUnderWayAtTheSameTimeLieInAnyOrder() {
        SimRequest first = put(1, 0, 10, Outcome.OK);
        SimRequest second = put(2, 9, 20, Outcome.OK);
        assertThatCode(() -> check(first, second)).doesNotThrowAnyException();
        assertThatCode(() -> check(second, first)).doesNotThrowAnyException();
    }

    @Test
    void anEntryOfUnknownOutcomeMayComeLateButNotEarly() {
        SimRequest acknowledged = put(1, 0, 10, Outcome.OK);
        SimRequest unknown = put(2, 11, 20, Outcome.UNKNOWN);
        SimRequest later = put(3, 30, 40, Outcome.OK);
        assertThatCode(() -> check(acknowledged, later, unknown)).doesNotThrowAnyException();
        assertThatCode(() -> check(acknowledged, later)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(unknown, acknowledged, later))
                .hasMessageContaining("acknowledged when it was sent");
    }

    @Test
    void anEntryIsHandedOutOnce() {
        SimRequest put = put(1, 0, 10, Outcome.OK);
        get(2, 11, 12, put.payload());
        assertThatThrownBy(() -> get(3, 13, 14, put.payload())).hasMessageContaining("handed out twice");
    }

    @Test
    void nothingIsEmptyWhileAnAcknowledgedEntryIsThere() {
        SimRequest put = put(1, 0, 10, Outcome.OK);
        SimRequest empty = sent(SimRequest.of(Kind.GET, "t", ++number), 2, 11);
        empty.done(Outcome.EMPTY, null, 12);
        get(3, 20, 21, put.payload());
        assertThatThrownBy(() -> check(put)).hasMessageContaining("EMPTY, when 1 entries were acknowledged");
    }

    @Test
    void stateCountsWhatWasAcknowledgedAndNothingThatWasNotSent() {
        SimRequest put = put(1, 0, 10, Outcome.OK);
        get(2, 11, 12, put.payload());
        state(13, 14, 1);
        assertThatCode(() -> check(put)).doesNotThrowAnyException();
        state(15, 16, 2);
        assertThatThrownBy(() -> check(put)).hasMessageContaining("STATE says 2, when 1 to 1");
    }

    private SimRequest put(long connection, long sentNs, long doneNs, Outcome outcome) {
        SimRequest put = sent(SimRequest.put("t", ++number, 3), connection, sentNs);
        put.done(outcome, null, doneNs);
        history.answered(put);
        return put;
    }

    private void get(long connection, long sentNs, long doneNs, String payload) {
        SimRequest get = sent(SimRequest.of(Kind.GET, "t", ++number), connection, sentNs);
        get.done(Outcome.OK, ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)), doneNs);
        history.answered(get);
    }

    private void state(long sentNs, long doneNs, long entries) {
        SimRequest state = sent(SimRequest.of(Kind.STATE, "t", ++number), 9, sentNs);
        state.counted(entries);
        state.done(Outcome.OK, null, doneNs);
    }

    private SimRequest sent(SimRequest request, long connection, long sentNs) {
        request.sent(connection, sentNs);
        history.sent(request);
        return request;
    }

    /// The log holds these entries; whatever was not handed out is due to a consumer that got no answer.
    private void check(SimRequest... log) {
        for (int i = 0; i < log.length; i++) {
            sent(SimRequest.of(Kind.GET, "t", ++number), 100, 1_000).done(Outcome.UNKNOWN, null, 1_001);
        }
        history.check("t", List.of(log).stream().map(SimRequest::payload).toList(), false);
    }
}
