package io.walrus.testkit.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One request of a client, and what became of it.
public final class SimRequest {
    public enum Kind {
        REGISTER,
        PUT,
        GET,
        FETCH,
        STATE
    }

    public enum Outcome {
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
    /// What follows the topic in its frame, but for a PUT, whose payload does.
    private final String rest;
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

    private SimRequest(Kind kind, String topic, long number, String rest) {
        this.kind = kind;
        this.topic = topic;
        this.number = number;
        this.rest = rest;
    }

    public static SimRequest put(String topic, long number, int bytes) {
        String payload = number + ":" + "x".repeat(bytes);
        SimRequest request = new SimRequest(Kind.PUT, topic, number, "");
        request.payload = payload;
        return request;
    }

    public static SimRequest fetch(String topic, long number, long segment, long offset) {
        return new SimRequest(Kind.FETCH, topic, number, " " + segment + " " + offset);
    }

    public static SimRequest of(Kind kind, String topic, long number) {
        return new SimRequest(kind, topic, number, "");
    }

    /// Its body on the wire, to be asked for before it is answered.
    public byte[] frame() {
        String text = kind + " " + topic + (kind == Kind.PUT ? " " + payload : rest);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// It leaves on a connection now.
    public void sent(long onConnection, long nowNs) {
        connection = onConnection;
        sentNs = nowNs;
    }

    public Kind kind() {
        return kind;
    }

    public String topic() {
        return topic;
    }

    public Outcome outcome() {
        return outcome;
    }

    public String payload() {
        return payload;
    }

    public long sentNs() {
        return sentNs;
    }

    public long doneNs() {
        return doneNs;
    }

    boolean isDone() {
        return outcome != Outcome.OPEN;
    }

    /// STATE told how many entries the topic has.
    public void counted(long topicEntries) {
        entries = topicEntries;
    }

    /// Why it was refused, or why nobody knows.
    public void failed(String message) {
        error = message;
    }

    /// It was answered, or never will be.
    ///
    /// @param bytes of the entry that came back, if one did
    public void done(Outcome how, @Nullable ByteBuffer bytes, long nowNs) {
        if (isDone()) {
            throw new ClusterFailure(BrokenPromise.DOUBLED, "a second reply to " + this);
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
