package io.walrus.client;

import io.walrus.protocol.ReplyTimes;
import java.time.Duration;

/// The limits and time-outs of a client.
///
/// @param maxRequestsUnderWay requests without a reply at most; beyond that `submit` waits. A node takes 4096 from a
/// connection at a time unless it is set otherwise
/// @param maxBytesUnderWay bytes of requests without a reply at most; a single longer request may go alone
/// @param connectTimeout for a connection to one address
/// @param requestTimeout from submitting a request to its outcome, retries included
/// @param silenceTimeout a node that owes replies and sends nothing for so long is taken for dead. Longer than the node
/// itself waits for others, or its clear answer would come too late: if its `WALRUS_REQUEST_TIMEOUT_MS` is
/// raised, raise this as well, to 5 s more
/// @param reconnectWithin how long to look for a node after a connection was lost. Zero: never; once the connection is
/// lost every request ends as unreachable, so that none overtakes one that was lost
public record ClientOptions(
        int maxRequestsUnderWay,
        long maxBytesUnderWay,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration silenceTimeout,
        Duration reconnectWithin) {
    public static final ClientOptions DEFAULT = new ClientOptions(
            4096,
            16 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            ReplyTimes.CLIENT_PATIENCE,
            Duration.ofSeconds(30));

    /// The least part of the request time-out in which a request is tried again.
    private static final int LEAST_PART = 3;

    public ClientOptions {
        if (maxRequestsUnderWay < 1
                || maxBytesUnderWay < 1
                || connectTimeout.toMillis() < 1
                || requestTimeout.toMillis() < 1
                || silenceTimeout.toMillis() < 1
                || reconnectWithin.isNegative()) {
            throw new IllegalArgumentException("limits and timeouts must be positive");
        }
    }

    /// For how long a request that was refused for the moment is sent again: so long that the last time still
    /// leaves the node all the time that it may take for its answer.
    Duration tryAgainWithin() {
        Duration least = requestTimeout.dividedBy(LEAST_PART);
        Duration whole = requestTimeout.minus(silenceTimeout);
        return whole.compareTo(least) > 0 ? whole : least;
    }

    public ClientOptions withMaxRequestsUnderWay(int requests) {
        return new ClientOptions(
                requests, maxBytesUnderWay, connectTimeout, requestTimeout, silenceTimeout, reconnectWithin);
    }

    public ClientOptions withMaxBytesUnderWay(long bytes) {
        return new ClientOptions(
                maxRequestsUnderWay, bytes, connectTimeout, requestTimeout, silenceTimeout, reconnectWithin);
    }

    public ClientOptions withConnectTimeout(Duration timeout) {
        return new ClientOptions(
                maxRequestsUnderWay, maxBytesUnderWay, timeout, requestTimeout, silenceTimeout, reconnectWithin);
    }

    public ClientOptions withRequestTimeout(Duration timeout) {
        return new ClientOptions(
                maxRequestsUnderWay, maxBytesUnderWay, connectTimeout, timeout, silenceTimeout, reconnectWithin);
    }

    public ClientOptions withSilenceTimeout(Duration timeout) {
        return new ClientOptions(
                maxRequestsUnderWay, maxBytesUnderWay, connectTimeout, requestTimeout, timeout, reconnectWithin);
    }

    public ClientOptions withReconnectWithin(Duration timeout) {
        return new ClientOptions(
                maxRequestsUnderWay, maxBytesUnderWay, connectTimeout, requestTimeout, silenceTimeout, timeout);
    }
}
