package io.walrus.cli;

import io.walrus.client.WalrusClient;
import io.walrus.protocol.Help;
import io.walrus.protocol.Request;
import io.walrus.protocol.RequestParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Commands in the words of the protocol, one a line. All that follows a PUT's topic and one space is the entry, as
/// it stands.
final class Repl {
    private static final Set<String> LAST_WORDS = Set.of("exit", "quit", "q");

    private final Commands commands;
    private final Terminal terminal;
    private final RequestParser parser = new RequestParser();
    private final Set<String> topics = new TreeSet<>();

    Repl(WalrusClient client, Terminal terminal) {
        this.commands = new Commands(client, terminal);
        this.terminal = terminal;
    }

    /// The topics there were good answers for.
    Set<String> topics() {
        return topics;
    }

    /// Runs all lines of the standard input, also behind one that fails.
    ///
    /// @return 0, or the highest exit code any of them would have had alone
    int runAll() throws IOException, InterruptedException {
        Lines lines = new Lines(terminal.in());
        int exitCode = 0;
        ByteBuffer line = lines.next();
        while (line != null && !isLast(line)) {
            try {
                execute(line);
            } catch (Failure e) {
                terminal.complain(e.text());
                if (e.exitCode() == Failure.OUTPUT_CLOSED) {
                    return e.exitCode();
                }
                exitCode = Math.max(exitCode, e.exitCode());
            }
            line = lines.next();
        }
        return exitCode;
    }

    static boolean isLast(ByteBuffer line) {
        return LAST_WORDS.contains(word(line));
    }

    /// Runs one line; an empty one does nothing.
    void execute(ByteBuffer line) throws Failure, InterruptedException {
        ByteBuffer command = withoutLeadingSpaces(line);
        if (!command.hasRemaining() || word(command).isEmpty()) {
            return;
        }
        if (word(command).equals("help")) {
            terminal.print((Help.TEXT + "\nEXIT, QUIT, Q               leave").getBytes(StandardCharsets.UTF_8));
            return;
        }
        String error = parser.parse(command);
        if (error != null) {
            throw Failure.usage(error);
        }
        Request request = parser.request();
        commands.ask(request);
        if (parser.verb().takesTopic()) {
            topics.add(parser.topic());
        }
    }

    /// A line that is one word only.
    private static String word(ByteBuffer line) {
        return line.remaining() > 64
                ? "?"
                : StandardCharsets.UTF_8
                        .decode(line.duplicate())
                        .toString()
                        .strip()
                        .toLowerCase(Locale.ROOT);
    }

    private static ByteBuffer withoutLeadingSpaces(ByteBuffer line) {
        int from = line.position();
        while (from < line.limit() && (line.get(from) == ' ' || line.get(from) == '\t')) {
            from++;
        }
        return line.slice(from, line.limit() - from);
    }
}
