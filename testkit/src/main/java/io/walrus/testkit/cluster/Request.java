package io.walrus.testkit.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One request of a client, and what became of it.
final class Request {
    enum Kind {
        REGISTER,
        PUT,
        GET,
        FETCH,
        STATE
    }

    enum Outcome {
        OPEN,
        OK,
        EMPTY,
        /// An error that says that nothing was done.
        REFUSED,
        /// Nobody knows: an error that says so, or no reply.
        UNKNOWN
    }

    /// What STATE says of the entries where no leader can be asked.
    static final long NOT_TOLD = -1;

    final Kind kind;
    final String topic;
    final long number;
    private final byte[] frame;
    long connection;
    long sentNs;
    long doneNs = Long.MAX_VALUE;
    /// When a node took it up, or when that node last went on after a pause.
    long takenNs = Long.MAX_VALUE;
    Outcome outcome = Outcome.OPEN;
    /// What was PUT, or came back.
    String payload = "";
    String error = "";
    long next;
    /// How many entries the topic has, by STATE.
    long entries = NOT_TOLD;

    private Request(Kind kind, String topic, long number, String rest) {
        this.kind = kind;
        this.topic = topic;
        this.number = number;
        this.frame = (kind + " " + topic + rest).getBytes(StandardCharsets.UTF_8);
    }

    static Request put(String topic, long number, int bytes) {
        String payload = number + ":" + "x".repeat(bytes);
        Request request = new Request(Kind.PUT, topic, number, " " + payload);
        request.payload = payload;
        return request;
    }

    static Request fetch(String topic, long number, long segment, long offset) {
        return new Request(Kind.FETCH, topic, number, " " + segment + " " + offset);
    }

    static Request of(Kind kind, String topic, long number) {
        return new Request(kind, topic, number, "");
    }

    byte[] frame() {
        return frame.clone();
    }

    boolean isDone() {
        return outcome != Outcome.OPEN;
    }

    void done(Outcome how, @Nullable ByteBuffer bytes, long nowNs) {
        if (isDone()) {
            throw new ClusterFailure("a second reply to " + this);
        }
        outcome = how;
        doneNs = nowNs;
        if (bytes != null) {
            payload = StandardCharsets.UTF_8.decode(bytes).toString();
        }
    }

    @Override
    public String toString() {
        String text = payload.length() > 12 ? payload.substring(0, 12) : payload;
        return "#" + number + " " + kind + " " + topic + " on connection " + connection + ": " + outcome + " " + text
                + " " + error;
    }
}
