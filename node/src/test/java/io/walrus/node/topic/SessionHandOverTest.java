package io.walrus.node.topic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Slots are filled in by whoever has the node's lock, in any order, and emptied by their connection's thread without
/// it: each reply arrives once, whole, and in the order of the requests.
public class SessionHandOverTest {
    private record Request(Slot slot, int number) {}

    private final ReentrantLock nodeLock = new ReentrantLock();
    private final Session session = new Session(new ClientMemory(64 << 20), 4, () -> {});
    private final Deque<Request> open = new ArrayDeque<>();
    private int added;

    @Operation(nonParallelGroup = "connection")
    public int add() {
        nodeLock.lock();
        try {
            if (!session.hasRoom()) {
                return -1;
            }
            added++;
            open.add(new Request(session.add(), added));
            return added;
        } finally {
            nodeLock.unlock();
        }
    }

    @Operation
    public int answerFirst() {
        nodeLock.lock();
        try {
            return answer(open.pollFirst());
        } finally {
            nodeLock.unlock();
        }
    }

    @Operation
    public int answerLast() {
        nodeLock.lock();
        try {
            return answer(open.pollLast());
        } finally {
            nodeLock.unlock();
        }
    }

    private static int answer(@Nullable Request request) {
        if (request == null) {
            return -1;
        }
        switch (request.number % 3) {
            case 0 -> request.slot.text("payload " + request.number);
            case 1 -> request.slot.error("error " + request.number);
            default -> request.slot.json("json " + request.number);
        }
        return request.number;
    }

    @Operation(nonParallelGroup = "connection")
    public String deliver() {
        StringBuilder delivered = new StringBuilder();
        int _ = session.deliver(new Texts(delivered), null);
        return delivered.toString();
    }

    @Test
    void eachReplyArrivesOnceAndInOrder() {
        new StressOptions()
                .iterations(30)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(5)
                .check(getClass());
    }

    private record Texts(StringBuilder to) implements ReplySink {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void ok() {
            to.append("ok;");
        }

        @Override
        public void ok(ByteBuffer payload) {
            to.append(StandardCharsets.UTF_8.decode(payload)).append(';');
        }

        @Override
        public void okFetched(long nextOffset, ByteBuffer payload) {
            ok(payload);
        }

        @Override
        public void json(String body) {
            to.append(body).append(';');
        }

        @Override
        public void empty() {
            to.append("empty;");
        }

        @Override
        public void error(String message) {
            to.append(message).append(';');
        }
    }
}
