package io.walrus.cli;

import io.walrus.client.Connection;
import io.walrus.protocol.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The commands that are one request and one reply, or a run of GETs or FETCHes.
final class Commands {
    private static final int WINDOW = 256;
    private static final long FIRST_PAUSE_MS = 5;
    private static final long LONGEST_PAUSE_MS = 500;

    private final Connection connection;
    private final OutputStream out;

    Commands(Connection connection, OutputStream out) {
        this.connection = connection;
        this.out = out;
    }

    /// Asks, and prints the reply as it is with a line end after it.
    void ask(String command) throws IOException, Failure {
        print(connection.ask(command));
        out.flush();
    }

    void put(String topic, byte[] payload) throws IOException, Failure {
        connection.sendPut(topic.getBytes(StandardCharsets.UTF_8), payload, 0, payload.length);
        connection.flush();
        print(connection.receive());
        out.flush();
    }

    /// Prints the next entries, a line each: `count` of them, or as many as there are.
    void get(String topic, long count) throws IOException, Failure {
        long left = count;
        boolean more = true;
        while (more && left > 0) {
            int asked = (int) Math.min(WINDOW, left);
            left -= asked;
            more = getSome(topic, asked) == asked;
        }
        out.flush();
    }

    /// Prints entries as they come, until the process is ended.
    void follow(String topic) throws IOException, Failure, InterruptedException {
        long pauseMs = FIRST_PAUSE_MS;
        while (true) {
            // One at a time, so that an entry handed out is printed before the next is asked for.
            if (getSome(topic, 1) == 1) {
                pauseMs = FIRST_PAUSE_MS;
            } else {
                out.flush();
                Thread.sleep(pauseMs);
                pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
            }
        }
    }

    /// Prints entries from a place on, without moving the cursor.
    void fetch(String topic, long segment, long offset, long count) throws IOException, Failure {
        long next = offset;
        for (long i = 0; i < count; i++) {
            switch (connection.ask("FETCH " + topic + " " + segment + " " + next)) {
                case Reply.Ok(ByteBuffer payload) -> {
                    if (payload == null) {
                        throw new IOException("the node's reply to FETCH can't be read");
                    }
                    next = nextOffset(payload);
                    line(payload);
                }
                case Reply.Empty() -> {
                    if (i == 0) {
                        line(ByteBuffer.wrap("EMPTY".getBytes(StandardCharsets.US_ASCII)));
                    }
                    i = count;
                }
                case Reply.Err(String message) -> throw new Failure(Failure.SERVER_SAID_NO, "ERR " + message);
            }
        }
        out.flush();
    }

    /// Every reply is waited for, also behind an EMPTY or an error: an entry that was handed out must not get
    /// lost here.
    private int getSome(String topic, int asked) throws IOException, Failure {
        for (int i = 0; i < asked; i++) {
            connection.send("GET " + topic);
        }
        connection.flush();
        int got = 0;
        Failure failure = null;
        for (int i = 0; i < asked; i++) {
            switch (connection.receive()) {
                case Reply.Ok(ByteBuffer payload) -> {
                    line(payload == null ? ByteBuffer.allocate(0) : payload);
                    got++;
                }
                case Reply.Empty() -> {}
                case Reply.Err(String message) -> failure = new Failure(Failure.SERVER_SAID_NO, "ERR " + message);
            }
        }
        if (failure != null) {
            out.flush();
            throw failure;
        }
        return got;
    }

    private void print(Reply reply) throws IOException, Failure {
        switch (reply) {
            case Reply.Ok(ByteBuffer payload) ->
                line(payload == null ? ByteBuffer.wrap("OK".getBytes(StandardCharsets.US_ASCII)) : payload);
            case Reply.Empty() -> line(ByteBuffer.wrap("EMPTY".getBytes(StandardCharsets.US_ASCII)));
            case Reply.Err(String message) -> throw new Failure(Failure.SERVER_SAID_NO, "ERR " + message);
        }
    }

    private void line(ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining() + 1];
        bytes.get(copy, 0, copy.length - 1);
        copy[copy.length - 1] = '\n';
        out.write(copy);
    }

    /// Reads the number and the space that FETCH's reply begins with.
    private static long nextOffset(ByteBuffer payload) {
        long offset = 0;
        for (byte digit = payload.get(); digit != ' '; digit = payload.get()) {
            offset = offset * 10 + digit - '0';
        }
        return offset;
    }
}
