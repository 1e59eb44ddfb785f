package io.walrus.client;

import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client of a Walrus cluster. Any number of threads may use one; their requests share one connection, to the first
/// node that can be reached, and many are under way on it at a time.
///
/// - **Sent again.** Requests under way on a lost connection go to the next node. PUT and GET never do: their
/// outcome is [Outcome.Unknown], and only the caller can tell whether an entry stored twice, or one missing,
/// is worse.
/// - **Tried again.** The blocking methods repeat a request that the node refused as `not ready`, `shutting down` or
///   `too many connections` (nothing was done), for as long as [ClientOptions#requestTimeout] leaves time for another
///   answer. [#submit] doesn't: it would let later requests overtake.
/// - **Order.** PUTs and GETs submitted one after the other to one topic take effect in that order. FETCH and STATE see
///   only committed entries.
/// - **Limits.** When [ClientOptions] allows no more requests under way, `submit` waits until there is room.
public final class WalrusClient implements AutoCloseable {
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 1_000;

    private final ClientOptions options;
    private final Pipeline pipeline;

    private WalrusClient(List<NodeAddress> addresses, ClientOptions options) throws WalrusException {
        this.options = options;
        this.pipeline = new Pipeline(addresses, options);
    }

    /// Connects to the first of these nodes that can be reached.
    ///
    /// @param addresses `host:port`, or a comma list of them
    /// @throws WalrusException if there is none
    /// @throws IllegalArgumentException if it is no list of addresses
    public static WalrusClient connect(String addresses) throws WalrusException {
        return connect(NodeAddress.parse(addresses), ClientOptions.DEFAULT);
    }

    /// Connects to the first of these nodes that can be reached; the others are there for when it is lost.
    ///
    /// @throws WalrusException if there is none
    public static WalrusClient connect(List<NodeAddress> addresses, ClientOptions options) throws WalrusException {
        return new WalrusClient(addresses, options);
    }

    /// Sends a request once all that was submitted before it was sent. Waits only for room.
    ///
    /// A callback on the future runs on the client's own thread, and must not wait for another outcome there.
    public CompletableFuture<Outcome> submit(Request request) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        submit(request, outcome::complete);
        return outcome;
    }

    /// As [#submit(Request)], for callers without a future: outcomes are handed over one at a time, in the order of
    /// the requests of one connection. While `whenDone` runs no further replies are read, so that a slow consumer
    /// slows down the node and not its own memory.
    public void submit(Request request, Consumer<Outcome> whenDone) {
        pipeline.submit(new Pending(request, deadlineNs(), whenDone));
    }

    /// Sends a request and waits for its outcome; tries again while the node is not ready.
    ///
    /// @throws InterruptedException if interrupted; the request may still be carried out
    public Outcome ask(Request request) throws InterruptedException {
        if (pipeline.isOnOwnThread()) {
            throw new IllegalStateException("this thread hands out outcomes, and can't wait for one");
        }
        long startNs = System.nanoTime();
        long deadlineNs = startNs + options.requestTimeout().toNanos();
        long tryUntilNs = startNs + options.tryAgainWithin().toNanos();
        long pauseMs = FIRST_PAUSE_MS;
        Outcome refusal = null;
        while (true) {
            CompletableFuture<Outcome> future = new CompletableFuture<>();
            pipeline.submit(new Pending(request, deadlineNs, future::complete));
            Outcome outcome = result(future);
            if (refusal != null && outcome instanceof Outcome.Unreachable) {
                // Nothing was done by this attempt either, and the node's own reason says more.
                return refusal;
            }
            if (!(outcome instanceof Outcome.Refused refused)
                    || !isWorthAnotherTry(refused.code())
                    || tryUntilNs - System.nanoTime() <= pauseMs * 1_000_000) {
                return outcome;
            }
            refusal = outcome;
            if (refused.code() == ErrorCode.NOT_READY) {
                pipeline.leaveNode();
            }
            Thread.sleep(pauseMs);
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        }
    }

    /// Creates the topic, unless it exists.
    public void register(String topic) throws WalrusException, InterruptedException {
        payload(ask(new Request.Register(topic)));
    }

    /// Appends an entry; when it returns the entry is committed: durable on a majority, under the nodes' policies.
    ///
    /// @throws WalrusException whose failure tells whether the entry may be in the log all the same
    public void put(String topic, byte[] entry) throws WalrusException, InterruptedException {
        payload(ask(new Request.Put(topic, ByteBuffer.wrap(entry))));
    }

    /// Takes the next entry that no client was handed yet.
    ///
    /// @return null if there is none at the moment
    /// @throws WalrusException whose failure tells whether an entry may have been skipped
    public byte @Nullable [] get(String topic) throws WalrusException, InterruptedException {
        Outcome outcome = ask(new Request.Get(topic));
        return outcome instanceof Outcome.Empty ? null : bytes(payload(outcome));
    }

    /// Reads the entry at an offset (counted from 0 within the segment), leaving the topic's cursor alone.
    ///
    /// @return null if there is none there yet, or the segment ends there
    public @Nullable Fetched fetch(String topic, long segment, long offset)
            throws WalrusException, InterruptedException {
        Outcome outcome = ask(new Request.Fetch(topic, segment, offset));
        if (outcome instanceof Outcome.Empty) {
            return null;
        }
        Fetched fetched = Fetched.parse(payload(outcome));
        if (fetched == null) {
            throw new WalrusException(new Outcome.Unreachable("the node's reply to FETCH can't be read"));
        }
        return fetched;
    }

    /// Moves the topic's cursor on to an entry, past those before it, unless it stands there or behind it already.
    ///
    /// @param isDryRun whether it is only told what that would do
    /// @return where it stood, where it stands, and how many entries that passes over, as JSON
    public String skip(String topic, long segment, long offset, boolean isDryRun)
            throws WalrusException, InterruptedException {
        return text(new Request.Skip(topic, segment, offset, isDryRun));
    }

    /// Seals the open segment of a topic that takes no entries, with what is left of its copies: what only the missing
    /// ones have is given up.
    ///
    /// @param isForced whether nodes count as lost that have been silent only for a short while
    /// @param isDryRun whether it is only told what that would leave
    /// @return what each copy has, and which are given up, as JSON
    public String seal(String topic, boolean isForced, boolean isDryRun) throws WalrusException, InterruptedException {
        return text(new Request.Seal(topic, isForced, isDryRun));
    }

    /// The topic's segments, as JSON.
    public String state(String topic) throws WalrusException, InterruptedException {
        return text(new Request.State(topic));
    }

    /// The node and its cluster, as JSON.
    public String metrics() throws WalrusException, InterruptedException {
        return text(new Request.Metrics());
    }

    /// Ends at once: wait for the futures that matter first. A request under way gets an outcome: unknown if it was
    /// sent, unreachable if not.
    @Override
    public void close() {
        pipeline.close();
    }

    private long deadlineNs() {
        return System.nanoTime() + options.requestTimeout().toNanos();
    }

    /// Nothing was done, and another node, or the same one a little later, may well do it.
    private static boolean isWorthAnotherTry(ErrorCode code) {
        return code == ErrorCode.NOT_READY || code.endsConnection();
    }

    private static Outcome result(CompletableFuture<Outcome> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("outcomes don't fail", e);
        }
    }

    private static @Nullable ByteBuffer payload(Outcome outcome) throws WalrusException {
        return switch (outcome) {
            case Outcome.Done(ByteBuffer payload) -> payload;
            case Outcome.Empty() -> null;
            case Outcome.Failed failed -> throw new WalrusException(failed);
        };
    }

    private String text(Request request) throws WalrusException, InterruptedException {
        return new String(bytes(payload(ask(request))), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(@Nullable ByteBuffer payload) {
        if (payload == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return bytes;
    }
}
