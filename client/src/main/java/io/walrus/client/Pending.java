package io.walrus.client;

import io.walrus.protocol.Frames;
import io.walrus.protocol.Request;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request without an outcome yet. Its mutable fields are guarded by the pipeline's lock.
final class Pending {
    final byte[] head;
    final @Nullable ByteBuffer payload;
    final int frameBytes;
    final long deadlineNs;

    /// Whether doing it twice is the same as doing it once.
    final boolean repeatable;

    private final Consumer<Outcome> whenDone;

    /// When it was last sent.
    long sentNs;

    /// It has got its outcome, although the reply that takes its turn is still to come.
    boolean expired;

    Pending(Request request, long deadlineNs, Consumer<Outcome> whenDone) {
        this.head = request.head();
        this.payload = request instanceof Request.Put put ? put.payload().duplicate() : null;
        this.frameBytes = Frames.HEADER_BYTES + head.length + (payload == null ? 0 : payload.remaining());
        this.deadlineNs = deadlineNs;
        this.repeatable = isRepeatable(request);
        this.whenDone = whenDone;
    }

    /// Called once, without a lock.
    void complete(Outcome outcome) {
        try {
            whenDone.accept(outcome);
        } catch (RuntimeException e) {
            // A defect in the caller's callback; the other requests get their outcomes all the same.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private static boolean isRepeatable(Request request) {
        return switch (request) {
            case Request.Register _, Request.State _, Request.Metrics _, Request.Fetch _, Request.Help _ -> true;
            case Request.Cluster _, Request.Drain _, Request.Resume _, Request.Remove _ -> true;
            case Request.Skip _, Request.Seal _ -> true;
            case Request.Put _, Request.Get _ -> false;
        };
    }
}
