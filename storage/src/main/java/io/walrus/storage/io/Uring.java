package io.walrus.storage.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.walrus.storage.error.Invariants;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One io_uring, used for one request at a time: handed in and waited for in one system call.
///
/// For one thread at a time, which may change. Owns the arena of the memory that it shares with the kernel; the numbers
/// below are where `linux/io_uring.h` has the fields of its structures.
final class Uring implements Closeable {
    static final byte READ = 22;
    static final byte WRITE = 23;
    /// For a write: durable before it is answered.
    static final int DSYNC = 2;

    private static final byte NOTHING = 0;
    private static final int ENTRIES = 1;

    private static final int PARAMETERS_BYTES = 120;
    private static final int FEATURES_AT = 20;
    private static final int SUBMISSIONS_AT = 40;
    private static final int COMPLETIONS_AT = 80;
    // Both queues in one mapping; no answer is dropped; reads and writes that name buffers, not vectors: Linux 5.6.
    private static final int NEEDED_FEATURES = 1 | 1 << 1 | 1 << 3;

    private static final long QUEUES_OFFSET = 0;
    private static final long REQUESTS_OFFSET = 0x1000_0000;
    private static final int REQUEST_BYTES = 64;
    private static final int ANSWER_BYTES = 16;

    private static final VarHandle NUMBER = JAVA_INT.varHandle();
    private static final int MAX_REFUSALS = 10_000;
    private static final long PAUSE_NS = 1_000_000;

    private final int ring;
    private final Arena arena;
    private final MemorySegment callState;
    private final MemorySegment queues;
    private final MemorySegment requests;
    private final long takenAt;
    private final long submittedAt;
    private final int submittedMask;
    private final long answeredAt;
    private final long seenAt;
    private final int answeredMask;
    private final long answersAt;
    private int submitted;
    private int seen;

    private Uring(int ring, Arena arena, MemorySegment parameters) throws IOException {
        int features = parameters.get(JAVA_INT, FEATURES_AT);
        if ((features & NEEDED_FEATURES) != NEEDED_FEATURES) {
            throw new IOException("io_uring is too old in this kernel");
        }
        this.ring = ring;
        this.arena = arena;
        this.callState = arena.allocate(LibC.CALL_STATE);
        int submissionEntries = parameters.get(JAVA_INT, 0);
        int completionEntries = parameters.get(JAVA_INT, 4);
        long placesAt = parameters.get(JAVA_INT, SUBMISSIONS_AT + 24);
        this.answersAt = parameters.get(JAVA_INT, COMPLETIONS_AT + 20);
        this.queues = map(
                QUEUES_OFFSET,
                Math.max(
                        placesAt + (long) submissionEntries * Integer.BYTES,
                        answersAt + (long) completionEntries * ANSWER_BYTES));
        this.requests = map(REQUESTS_OFFSET, (long) submissionEntries * REQUEST_BYTES);
        this.takenAt = parameters.get(JAVA_INT, SUBMISSIONS_AT);
        this.submittedAt = parameters.get(JAVA_INT, SUBMISSIONS_AT + 4);
        this.submittedMask = queues.get(JAVA_INT, parameters.get(JAVA_INT, SUBMISSIONS_AT + 8));
        this.seenAt = parameters.get(JAVA_INT, COMPLETIONS_AT);
        this.answeredAt = parameters.get(JAVA_INT, COMPLETIONS_AT + 4);
        this.answeredMask = queues.get(JAVA_INT, parameters.get(JAVA_INT, COMPLETIONS_AT + 8));
        for (int place = 0; place < submissionEntries; place++) {
            queues.set(JAVA_INT, placesAt + (long) place * Integer.BYTES, place);
        }
    }

    /// Makes a ring, and has it do nothing once: what may be made need not be usable.
    ///
    /// @throws IOException if the system has or allows none, or has no room for one
    @SuppressWarnings("MustBeClosedChecker") // The ring it answers owns the arena.
    static Uring create() throws IOException {
        Arena arena = Arena.ofShared();
        int ring = -1;
        boolean created = false;
        try {
            MemorySegment parameters = arena.allocate(PARAMETERS_BYTES, Long.BYTES);
            ring = LibC.setup(ENTRIES, parameters);
            if (ring < 0) {
                throw new IOException("io_uring_setup: " + LibC.message(-ring));
            }
            Uring uring = new Uring(ring, arena, parameters);
            int result = uring.run(NOTHING, -1, 0, 0, 0, 0);
            if (result < 0) {
                throw new IOException("io_uring does not work: " + LibC.message(-result));
            }
            created = true;
            return uring;
        } finally {
            if (!created) {
                close(ring, arena);
            }
        }
    }

    private MemorySegment map(long offset, long bytes) throws IOException {
        @Nullable MemorySegment mapped = LibC.map(ring, offset, bytes, arena);
        if (mapped == null) {
            throw new IOException("io_uring can't be mapped");
        }
        return mapped;
    }

    /// Has one request done. The memory must stay what it is until this returns.
    ///
    /// A request that the kernel gave back undone, because of a signal or because it was short of something at that
    /// moment, is handed in again.
    ///
    /// @param flags for a write, 0 or [#DSYNC]
    /// @return the bytes done, which may be fewer, or a negative error number
    /// @throws IOException if it was not handed in
    int run(byte operation, int file, long offset, long address, int length, int flags) throws IOException {
        int result;
        int refusals = 0;
        do {
            result = runOnce(operation, file, offset, address, length, flags);
        } while (result == -LibC.EINTR || (result == -LibC.EAGAIN && ++refusals < MAX_REFUSALS));
        return result;
    }

    private int runOnce(byte operation, int file, long offset, long address, int length, int flags) throws IOException {
        int number = submitted;
        MemorySegment request = requests;
        long at = (long) (number & submittedMask) * REQUEST_BYTES;
        request.set(JAVA_BYTE, at, operation);
        request.set(JAVA_INT, at + 4, file);
        request.set(JAVA_LONG, at + 8, offset);
        request.set(JAVA_LONG, at + 16, address);
        request.set(JAVA_INT, at + 24, length);
        request.set(JAVA_INT, at + 28, flags);
        request.set(JAVA_LONG, at + 32, number);
        submitted = number + 1;
        NUMBER.setRelease(queues, submittedAt, submitted);
        await();
        long answer = answersAt + (long) (seen & answeredMask) * ANSWER_BYTES;
        long answered = queues.get(JAVA_LONG, answer);
        int result = queues.get(JAVA_INT, answer + 8);
        NUMBER.setRelease(queues, seenAt, ++seen);
        Invariants.check(answered == number, "io_uring answers the request that is under way");
        return result;
    }

    /// Hands in what was submitted and waits for the answer. What the kernel has taken is waited for whatever happens:
    /// until then it owns the caller's memory.
    private void await() throws IOException {
        int refusals = 0;
        while ((int) NUMBER.getAcquire(queues, answeredAt) == seen) {
            int result = LibC.enter(ring, isTaken() ? 0 : 1, callState);
            if (result >= 0 || result == -LibC.EINTR) {
                continue;
            }
            boolean passes = (result == -LibC.EAGAIN || result == -LibC.EBUSY) && ++refusals < MAX_REFUSALS;
            if (!isTaken() && !passes) {
                submitted--;
                NUMBER.setRelease(queues, submittedAt, submitted);
                throw new IOException("io_uring_enter: " + LibC.message(-result));
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private boolean isTaken() {
        return (int) NUMBER.getAcquire(queues, takenAt) == submitted;
    }

    @Override
    public void close() {
        close(ring, arena);
    }

    private static void close(int ring, Arena arena) {
        arena.close();
        if (ring >= 0) {
            LibC.close(ring);
        }
    }
}
