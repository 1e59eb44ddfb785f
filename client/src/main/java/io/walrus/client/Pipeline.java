package io.walrus.client;

import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.Reply;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sends requests over one connection at a time, and gives each its outcome.
///
/// ```text
/// submit → queue → (writer thread) → sent, on the wire → (reader thread) → outcome
/// ```
///
/// The writer thread connects, and sends all that has queued up in one go. Each connection has a reader thread, which
/// matches replies with `sent`, and which alone declares a connection lost. Outcomes are handed out without the lock,
/// one at a time and in order: by the reader while there is a connection, by the writer while there is none.
final class Pipeline {
    private static final int SEND_BYTES = 256 << 10;
    private static final long FIRST_PAUSE_NS = 20_000_000;
    private static final long LONGEST_PAUSE_NS = 2_000_000_000;
    private static final int MAX_DOUBLINGS = 10;

    private final List<NodeAddress> addresses;
    private final ClientOptions options;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition ending = lock.newCondition();
    private final Thread writer;

    // All below is guarded by the lock.
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final Deque<Pending> sent = new ArrayDeque<>();
    private int underWay;
    private long bytesUnderWay;
    private @Nullable Connection connection;
    private @Nullable Thread reader;

    /// Nothing more is sent on the connection: it is lost or about to be.
    private boolean failing;

    /// The node has something against this connection: use another one once nothing is under way.
    private boolean leaving;

    /// The node's last word on this connection: none of the requests that have no reply yet will be carried out.
    private @Nullable String goodbye;

    /// Why the last connection was lost.
    private String lastLoss = "";

    /// Connections in a row that were lost before they brought any good.
    private int fruitless;

    /// Where to look for a node first. Changed while the writer has nothing to do with it.
    private int nextAddress;

    /// Why nothing more is sent, ever.
    private @Nullable String end;

    /// Connects.
    ///
    /// @throws WalrusException if no address can be reached
    Pipeline(List<NodeAddress> addresses, ClientOptions options) throws WalrusException {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("at least one address is needed");
        }
        this.addresses = List.copyOf(addresses);
        this.options = options;
        List<String> reasons = new ArrayList<>();
        if (!connectOnce(reasons)) {
            throw new WalrusException(new Outcome.Unreachable(unreachable(reasons)));
        }
        writer = Thread.ofPlatform().daemon().name("walrus-client-writer").unstarted(this::write);
        writer.start();
    }

    /// Queues a request, once there is room for it. The pipeline's own threads don't wait for room: they make it.
    void submit(Pending pending) {
        String refusal;
        lock.lock();
        try {
            refusal = awaitRoom(pending);
            if (refusal == null) {
                queue.addLast(pending);
                underWay++;
                bytesUnderWay += pending.frameBytes;
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            pending.complete(new Outcome.Unreachable(refusal));
        }
    }

    /// @return why the request can't be taken, or null
    private @Nullable String awaitRoom(Pending pending) {
        boolean mayWait = !isOnOwnThread();
        while (end == null
                && mayWait
                && underWay > 0
                && (underWay >= options.maxRequestsUnderWay()
                        || bytesUnderWay + pending.frameBytes > options.maxBytesUnderWay())) {
            try {
                long leftNs = pending.deadlineNs - System.nanoTime();
                if (leftNs <= 0 || room.awaitNanos(leftNs) <= 0) {
                    return "too many requests were under way for "
                            + options.requestTimeout().toMillis() + " ms";
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return "interrupted before it was sent";
            }
        }
        return end;
    }

    /// Asks for another node to be used as soon as nothing is under way with this one.
    void leaveNode() {
        lock.lock();
        try {
            if (addresses.size() > 1 && !options.reconnectWithin().isZero()) {
                leaving = true;
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether the calling thread is one that hands out outcomes, and so must not wait for one.
    boolean isOnOwnThread() {
        lock.lock();
        try {
            return Thread.currentThread() == reader || Thread.currentThread() == writer;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            if (end == null) {
                end = "the client is closed";
            }
            if (connection != null) {
                connection.close();
            }
            work.signalAll();
            room.signalAll();
            ending.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        List<Pending> batch = new ArrayList<>();
        while (true) {
            Connection target = awaitWork(batch);
            if (target != null) {
                try {
                    target.write(batch);
                } catch (IOException _) {
                    // The reader takes the replies that are still there, then finds the connection lost.
                    stopSendingOn(target);
                }
                batch.clear();
            } else if (!connectAgain()) {
                return;
            }
        }
    }

    /// Waits until something can be sent, and moves it to `sent`.
    ///
    /// @return null if there is no connection
    private @Nullable Connection awaitWork(List<Pending> batch) {
        lock.lock();
        try {
            while (true) {
                Connection current = connection;
                if (current == null) {
                    if (end != null || !queue.isEmpty()) {
                        return null;
                    }
                } else if (!failing && leaving) {
                    if (sent.isEmpty()) {
                        failing = true;
                        current.close();
                    }
                } else if (!failing && !queue.isEmpty()) {
                    takeToSend(batch);
                    return current;
                }
                work.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void takeToSend(List<Pending> batch) {
        long nowNs = System.nanoTime();
        int bytes = 0;
        while (bytes < SEND_BYTES && !queue.isEmpty()) {
            Pending next = queue.removeFirst();
            next.sentNs = nowNs;
            sent.addLast(next);
            batch.add(next);
            bytes += next.frameBytes;
        }
    }

    private void stopSendingOn(Connection target) {
        lock.lock();
        try {
            if (connection == target) {
                failing = true;
            }
        } finally {
            lock.unlock();
        }
    }

    private void read(Connection source) {
        String why;
        try {
            long silentSinceNs = System.nanoTime();
            while (true) {
                if (source.read()) {
                    answer(source.replies());
                    silentSinceNs = System.nanoTime();
                } else {
                    checkTime(silentSinceNs);
                }
            }
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        source.close();
        lose(source, "the connection to " + source.address() + " was lost: " + why);
    }

    private void answer(List<Reply> replies) throws IOException {
        List<Pending> answered = new ArrayList<>(replies.size());
        String tooMany = null;
        lock.lock();
        try {
            for (Reply reply : replies) {
                heed(reply);
                Pending first = sent.pollFirst();
                if (first == null) {
                    tooMany = goodbye == null ? "it sent a reply to nothing" : goodbye;
                    break;
                }
                release(first);
                answered.add(first);
            }
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < answered.size(); i++) {
            // Only this thread knows that a request has expired.
            if (!answered.get(i).expired) {
                answered.get(i).complete(Outcome.of(replies.get(i)));
            }
        }
        if (tooMany != null) {
            throw new IOException(tooMany);
        }
    }

    /// Sends nothing more to a node that takes nothing more.
    private void heed(Reply reply) {
        if (reply instanceof Reply.Err(String message) && ErrorCode.of(message).endsConnection()) {
            goodbye = message;
            leaving = true;
            work.signal();
        } else {
            fruitless = 0;
        }
    }

    /// Called after a while without a byte from the node.
    private void checkTime(long silentSinceNs) throws IOException {
        long nowNs = System.nanoTime();
        List<Pending> overdue = new ArrayList<>();
        List<Pending> unsent;
        lock.lock();
        try {
            Pending oldest = sent.peekFirst();
            if (oldest != null
                    && nowNs - Math.max(silentSinceNs, oldest.sentNs)
                            > options.silenceTimeout().toNanos()) {
                throw new IOException("it says nothing any more");
            }
            // Their places stay taken: the replies are still to come.
            for (Pending late : sent) {
                if (late.deadlineNs - nowNs > 0) {
                    break;
                }
                if (!late.expired) {
                    late.expired = true;
                    overdue.add(late);
                }
            }
            unsent = takeOverdueFromQueue();
        } finally {
            lock.unlock();
        }
        String why = "no reply within " + options.requestTimeout().toMillis() + " ms";
        overdue.forEach(late -> late.complete(late.repeatable ? new Outcome.Unreachable(why) : Outcome.noReply(why)));
        unsent.forEach(late -> late.complete(new Outcome.Unreachable(why)));
    }

    private List<Pending> takeOverdueFromQueue() {
        long nowNs = System.nanoTime();
        List<Pending> overdue = new ArrayList<>();
        while (!queue.isEmpty() && queue.getFirst().deadlineNs - nowNs <= 0) {
            Pending late = queue.removeFirst();
            release(late);
            overdue.add(late);
        }
        return overdue;
    }

    /// Queues the sent requests that can be repeated again, in front; the outcome of the others is unknown, unless the
    /// node said that it would carry out none of them.
    private void lose(Connection lost, String reason) {
        List<Pending> undecided = new ArrayList<>();
        List<Pending> unreachable = new ArrayList<>();
        String refusal;
        String why;
        lock.lock();
        try {
            refusal = goodbye;
            why = Objects.requireNonNullElse(end, Objects.requireNonNullElse(refusal, reason));
            failing = true;
            fruitless++;
            lastLoss = why;
            if (options.reconnectWithin().isZero() && end == null) {
                end = why;
            }
            Deque<Pending> again = new ArrayDeque<>();
            for (Pending request : sent) {
                if (request.expired) {
                    release(request);
                } else if (!request.repeatable) {
                    release(request);
                    undecided.add(request);
                } else if (request.deadlineNs - System.nanoTime() <= 0) {
                    release(request);
                    unreachable.add(request);
                } else {
                    again.addLast(request);
                }
            }
            sent.clear();
            for (Iterator<Pending> last = again.descendingIterator(); last.hasNext(); ) {
                queue.addFirst(last.next());
            }
            if (end != null) {
                takeQueue(unreachable);
            }
        } finally {
            lock.unlock();
        }
        undecided.forEach(
                request -> request.complete(refusal == null ? Outcome.noReply(why) : new Outcome.Refused(refusal)));
        unreachable.forEach(request -> request.complete(new Outcome.Unreachable(why)));
        lock.lock();
        try {
            connection = null;
            reader = null;
            nextAddress = (addresses.indexOf(lost.address()) + 1) % addresses.size();
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Looks for a node while there are requests to send, and as long as it is worth it.
    ///
    /// @return false if this client has ended
    private boolean connectAgain() {
        long giveUpNs = System.nanoTime() + options.reconnectWithin().toNanos();
        List<String> reasons = new ArrayList<>();
        long pauseNs = pauseNs();
        boolean mayConnect = pauseNs == 0;
        pauseNs = Math.max(FIRST_PAUSE_NS, pauseNs);
        while (end() == null) {
            if (mayConnect && connectOnce(reasons)) {
                return true;
            }
            mayConnect = true;
            List<Pending> unreachable = new ArrayList<>();
            boolean idle;
            lock.lock();
            try {
                if (end == null && giveUpNs - System.nanoTime() > 0) {
                    ending.awaitNanos(pauseNs);
                    unreachable.addAll(takeOverdueFromQueue());
                } else {
                    takeQueue(unreachable);
                }
                idle = queue.isEmpty();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            } finally {
                lock.unlock();
            }
            unreachable.forEach(request -> request.complete(noAnswer(reasons)));
            if (idle) {
                return true;
            }
            pauseNs = Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
        }
        List<Pending> left = new ArrayList<>();
        lock.lock();
        try {
            takeQueue(left);
        } finally {
            lock.unlock();
        }
        left.forEach(request -> request.complete(new Outcome.Unreachable(String.valueOf(end()))));
        return false;
    }

    /// The time to wait before the next connection: none, unless all nodes have let the client connect to no avail. If
    /// the last one has said that it takes nothing more, then the waiting requests are refused for that.
    private long pauseNs() {
        List<Pending> refused = new ArrayList<>();
        String refusal;
        long rounds;
        lock.lock();
        try {
            refusal = goodbye;
            rounds = fruitless / addresses.size();
            if (rounds == 0 || fruitless % addresses.size() > 0) {
                return 0;
            }
            if (refusal != null) {
                fruitless = 0;
                takeQueue(refused);
            }
        } finally {
            lock.unlock();
        }
        refused.forEach(request -> request.complete(new Outcome.Refused(String.valueOf(refusal))));
        return Math.min(LONGEST_PAUSE_NS, FIRST_PAUSE_NS << Math.min(rounds, MAX_DOUBLINGS));
    }

    private @Nullable String end() {
        lock.lock();
        try {
            return end;
        } finally {
            lock.unlock();
        }
    }

    /// Tries each address once.
    ///
    /// @param reasons becomes why each of them failed
    private boolean connectOnce(List<String> reasons) {
        reasons.clear();
        for (int i = 0; i < addresses.size(); i++) {
            NodeAddress address = addresses.get((nextAddress + i) % addresses.size());
            try {
                Connection opened = Connection.open(address, options.connectTimeout());
                if (!install(opened)) {
                    opened.close();
                    return false;
                }
                return true;
            } catch (IOException e) {
                reasons.add(address + ": " + e.getMessage());
            }
        }
        return false;
    }

    private boolean install(Connection opened) {
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            connection = opened;
            goodbye = null;
            failing = false;
            leaving = false;
            reader = Thread.ofPlatform().daemon().name("walrus-client-reader").unstarted(() -> read(opened));
            reader.start();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void takeQueue(List<Pending> into) {
        queue.forEach(this::release);
        into.addAll(queue);
        queue.clear();
    }

    private void release(Pending request) {
        underWay--;
        bytesUnderWay -= request.frameBytes;
        room.signalAll();
        if (leaving && sent.isEmpty()) {
            work.signal();
        }
    }

    private Outcome noAnswer(List<String> reasons) {
        return new Outcome.Unreachable(reasons.isEmpty() ? lastLoss : unreachable(reasons));
    }

    private static String unreachable(List<String> reasons) {
        return "no node answers (" + String.join("; ", reasons) + ")";
    }
}
