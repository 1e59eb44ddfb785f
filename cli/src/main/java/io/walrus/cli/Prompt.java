package io.walrus.cli;

import io.walrus.cli.Terminal.Colour;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// Lets a person type the lines of a [Repl]: with history, and completion of commands and of topics seen.
final class Prompt {
    private static final List<String> COMMANDS = List.of(
            "put",
            "get",
            "fetch",
            "skip",
            "seal",
            "register",
            "state",
            "metrics",
            "cluster",
            "drain",
            "resume",
            "remove",
            "help",
            "exit",
            "quit");
    private static final Set<String> WITHOUT_TOPIC =
            Set.of("metrics", "cluster", "drain", "resume", "remove", "help", "exit", "quit", "q");

    private final Repl repl;
    private final Terminal terminal;

    Prompt(Repl repl, Terminal terminal) {
        this.repl = repl;
        this.terminal = terminal;
    }

    void run(String greeting) throws IOException, InterruptedException {
        // Quotes and backslashes are characters like any other.
        DefaultParser words = new DefaultParser();
        words.setQuoteChars(new char[0]);
        words.setEscapeChars(new char[0]);
        try (org.jline.terminal.Terminal screen =
                TerminalBuilder.builder().system(true).build()) {
            LineReaderBuilder builder = LineReaderBuilder.builder()
                    .terminal(screen)
                    .appName("walrus")
                    .parser(words)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .completer(this::complete);
            Path history = historyFile();
            if (history != null) {
                builder.variable(LineReader.HISTORY_FILE, history);
            }
            LineReader reader = builder.build();
            terminal.say(greeting + " help lists the commands, exit ends.");
            String prompt = Terminal.hasColours() ? Colour.BOLD.paint("walrus>") + " " : "walrus> ";
            boolean goOn = true;
            while (goOn) {
                goOn = runOne(reader, prompt);
            }
        } catch (EndOfFileException _) {
            // Ctrl-D ends the prompt as exit does.
        }
    }

    private boolean runOne(LineReader reader, String prompt) throws InterruptedException {
        try {
            String text = reader.readLine(prompt);
            if (text.indexOf(CliMain.UNREADABLE) >= 0) {
                throw Failure.usage("the line is not valid UTF-8");
            }
            ByteBuffer line = StandardCharsets.UTF_8.encode(text);
            if (Repl.isLast(line)) {
                return false;
            }
            repl.execute(line);
        } catch (UserInterruptException _) {
            // Ctrl-C gives up the line, as in a shell.
        } catch (Failure e) {
            terminal.complain(e.text());
        }
        return true;
    }

    /// Where the lines are kept; null if they can't be.
    private static @Nullable Path historyFile() {
        String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = (state == null || state.isBlank() ? Path.of(home, ".local", "state") : Path.of(state))
                .resolve("walrus");
        try {
            return Files.createDirectories(folder).resolve("history");
        } catch (IOException _) {
            return null;
        }
    }

    private void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            COMMANDS.forEach(word -> candidates.add(new Candidate(word)));
        } else if (line.wordIndex() == 1
                && !WITHOUT_TOPIC.contains(line.words().getFirst().toLowerCase(Locale.ROOT))) {
            repl.topics().forEach(topic -> candidates.add(new Candidate(topic)));
        }
    }
}
