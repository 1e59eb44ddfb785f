package io.walrus.cli;

import io.walrus.client.Connection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.TerminalBuilder;

/// The prompt: one command a line, in the words of the protocol. All that follows a PUT's topic and one space is the
/// entry, as it stands.
final class Repl {
    private static final List<String> COMMANDS =
            List.of("put", "get", "fetch", "register", "state", "metrics", "help", "exit", "quit");
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final Commands commands;
    private final Terminal terminal;
    private final String address;
    private final boolean colours;
    private final Set<String> topics = new TreeSet<>();

    Repl(Connection connection, Terminal terminal, String address) {
        this.commands = new Commands(connection, terminal.out());
        this.terminal = terminal;
        this.address = address;
        this.colours = terminal.interactive() && System.getenv("NO_COLOR") == null;
    }

    void run() throws IOException {
        if (terminal.interactive()) {
            prompt();
        } else {
            BufferedReader lines = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && execute(line)) {
                line = lines.readLine();
            }
        }
    }

    private void prompt() throws IOException {
        try (org.jline.terminal.Terminal screen =
                TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(screen)
                    .appName("walrus")
                    .variable(LineReader.HISTORY_FILE, historyFile())
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .completer(this::complete)
                    .build();
            terminal.say("Connected to " + address + ". help lists the commands, exit ends.");
            boolean goOn = true;
            while (goOn) {
                goOn = execute(reader.readLine("walrus> "));
            }
        } catch (UserInterruptException | EndOfFileException _) {
            // Ctrl-C and Ctrl-D end the prompt as exit does.
        }
    }

    private static Path historyFile() throws IOException {
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = (state == null || state.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".local", "state")
                        : Path.of(state))
                .resolve("walrus");
        java.nio.file.Files.createDirectories(folder);
        return folder.resolve("history");
    }

    private void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        (line.wordIndex() == 0 ? COMMANDS : topics).forEach(word -> candidates.add(new Candidate(word)));
    }

    /// Runs one line.
    ///
    /// @return false if it was the last
    private boolean execute(String line) throws IOException {
        String command = line.stripLeading();
        String[] words = command.split(" ", 3);
        String verb = words[0].strip().toLowerCase(Locale.ROOT);
        if (verb.equals("exit") || verb.equals("quit") || verb.equals("q")) {
            return false;
        }
        if (verb.isEmpty()) {
            return true;
        }
        if (words.length > 1) {
            topics.add(words[1].strip());
        }
        try {
            commands.ask(verb.toUpperCase(Locale.ROOT) + command.substring(words[0].length()));
        } catch (Failure e) {
            terminal.say(colours ? RED + e.getMessage() + PLAIN : String.valueOf(e.getMessage()));
        }
        return true;
    }
}
