package io.walrus.systemtests.node;

import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Takes entries of one topic over one connection until the node is gone; keeps what it was handed out.
///
/// Used by one thread, and by another once that has ended.
public final class Consumer {
    private final String topic;
    private final int underWay;
    private final List<Stamp> handedOut = new ArrayList<>();
    private int unanswered;
    private int unknown;
    private @Nullable WireReply refusal;

    public Consumer(String topic, int underWay) {
        this.topic = topic;
        this.underWay = underWay;
    }

    String topic() {
        return topic;
    }

    public List<Stamp> handedOut() {
        return handedOut;
    }

    /// GETs that were sent and never answered, or only with *outcome unknown*: as many entries may have been skipped.
    public int unanswered() {
        return unanswered + unknown;
    }

    /// Whether a GET was answered with an error.
    public boolean refused() {
        return refusal != null;
    }

    @Override
    public String toString() {
        return "%d entries, %d unanswered, refused with %s".formatted(handedOut.size(), unanswered(), refusal);
    }

    /// Takes entries until the node is gone or refuses, or `done`.
    public void take(int port, BooleanSupplier done) {
        try (Wire wire = Wire.to(port)) {
            while (!refused() && !done.getAsBoolean()) {
                unanswered = underWay;
                for (int i = 0; i < underWay; i++) {
                    wire.send("GET " + topic);
                }
                wire.flush();
                while (unanswered > 0) {
                    settle(wire.reply());
                    unanswered--;
                }
            }
        } catch (IOException _) {
            // The node is gone; unanswered says how many entries may have gone with it.
        }
    }

    private void settle(WireReply reply) {
        if (reply.isError()) {
            refusal = reply;
            unknown += reply.isOutcomeUnknown() ? 1 : 0;
        } else if (!reply.isEmpty()) {
            handedOut.add(Stamp.of(reply.payload()));
        }
    }
}
