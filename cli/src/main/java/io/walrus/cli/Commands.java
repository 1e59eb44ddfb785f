package io.walrus.cli;

import io.walrus.cli.Terminal.Colour;
import io.walrus.client.Fetched;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The commands that are one request and one reply, and FETCHes one after the other.
final class Commands {
    private final WalrusClient client;
    private final Terminal terminal;

    Commands(WalrusClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
    }

    /// Sends a request, and prints the reply.
    void ask(Request request) throws Failure, InterruptedException {
        switch (client.ask(request)) {
            case Outcome.Done(ByteBuffer payload) -> show(request, payload);
            case Outcome.Empty() -> terminal.print("EMPTY", Colour.YELLOW);
            case Outcome.Failed failed -> throw Failure.of(failed);
        }
    }

    /// Prints entries from a place on, without moving the cursor.
    void fetch(String topic, long segment, long offset, long count) throws Failure, InterruptedException {
        long next = offset;
        for (long i = 0; i < count; i++) {
            switch (client.ask(new Request.Fetch(topic, segment, next))) {
                case Outcome.Done(ByteBuffer payload) -> {
                    Fetched fetched = fetched(payload);
                    terminal.print(bytes(fetched.payload()));
                    next = fetched.nextOffset();
                }
                case Outcome.Empty() -> {
                    if (i == 0) {
                        terminal.print("EMPTY", Colour.YELLOW);
                    }
                    return;
                }
                case Outcome.Failed failed -> throw Failure.of(failed);
            }
        }
    }

    private void show(Request request, @Nullable ByteBuffer payload) throws Failure {
        switch (request) {
            case Request.Register _, Request.Put _, Request.Drain _, Request.Resume _, Request.Remove _ ->
                terminal.print("OK", Colour.GREEN);
            case Request.Get _ -> terminal.printTaken(bytes(payload));
            case Request.Help _ -> terminal.print(bytes(payload));
            case Request.Fetch _ -> terminal.print(bytes(fetched(payload).payload()));
            case Request.State _, Request.Metrics _, Request.Cluster _, Request.Skip _, Request.Seal _ -> {
                byte[] json = bytes(payload);
                terminal.print(terminal.outSeen() ? Json.indented(json) : json);
            }
        }
    }

    private static Fetched fetched(@Nullable ByteBuffer payload) throws Failure {
        Fetched fetched = Fetched.parse(payload);
        if (fetched == null) {
            throw new Failure(Failure.CANNOT_CONNECT, "walrus-cli: the node's reply to FETCH can't be read");
        }
        return fetched;
    }

    private static byte[] bytes(@Nullable ByteBuffer payload) {
        byte[] bytes = new byte[payload == null ? 0 : payload.remaining()];
        if (payload != null) {
            payload.duplicate().get(bytes);
        }
        return bytes;
    }
}
