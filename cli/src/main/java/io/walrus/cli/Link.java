package io.walrus.cli;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// The way to a node for requests that must not overtake each other: one connection, which never changes by itself.
/// Once it has ended, every further request ends as unreachable; the command opens the next one when nothing is under
/// way any more, and sends again what was not done.
final class Link implements AutoCloseable {
    private static final ClientOptions ONE_CONNECTION = ClientOptions.DEFAULT.withReconnectWithin(Duration.ZERO);

    private final List<NodeAddress> addresses;
    private volatile WalrusClient client;

    /// Connects to the first node that can be reached.
    ///
    /// @throws WalrusException if there is none
    Link(List<NodeAddress> addresses) throws WalrusException {
        this.addresses = new ArrayList<>(addresses);
        this.client = WalrusClient.connect(addresses, ONE_CONNECTION);
    }

    /// Sends a request behind all others. As [WalrusClient#submit(Request, Consumer)].
    void submit(Request request, Consumer<Outcome> whenDone) {
        client.submit(request, whenDone);
    }

    /// Whether nothing was done, and the same request may succeed soon, here or with another node.
    static boolean isWorthAnotherTry(Outcome.Failed failed) {
        return isNotReady(failed) || isOver(failed);
    }

    private static boolean isNotReady(Outcome.Failed failed) {
        return failed instanceof Outcome.Refused refused && refused.code() == ErrorCode.NOT_READY;
    }

    /// Whether the connection carries nothing more.
    private static boolean isOver(Outcome.Failed failed) {
        return switch (failed) {
            case Outcome.Refused refused -> refused.code().endsConnection();
            case Outcome.Unreachable _ -> true;
            case Outcome.Unknown _ -> false;
        };
    }

    /// Opens another connection if that may help: to the next node, if there are several. Called when nothing is under
    /// way. If no node can be reached now, requests go on ending as unreachable.
    ///
    /// @param failed why the first of the requests that are to be sent again was not done
    void renew(Outcome.Failed failed) {
        if (addresses.size() == 1 && !isOver(failed)) {
            return;
        }
        client.close();
        Collections.rotate(addresses, -1);
        try {
            client = WalrusClient.connect(addresses, ONE_CONNECTION);
        } catch (WalrusException _) {
            // Whoever called tries again, or gives up with the reason that it has.
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
