package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;

import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.JoinOutcome.Joined;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.SnapshotCodec;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// A member of a cluster in a process of its own. It does what its standard input asks, a line each, and answers with
/// one line:
///
/// ```
/// found          founds the cluster
/// join PORT      asks once to be taken in
/// remove ID      asks once for a member to be removed
/// create NAME    proposes a topic, with little patience
/// state          what it has applied, as one number
/// leader         whom it knows to lead
/// ```
///
/// Arguments: folder of all nodes, node id, port, BOOTSTRAP or JOIN.
final class ChildMember {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private ChildMember() {}

    static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        RaftConfig config = Member.config(
                Long.parseLong(args[1]), Path.of(args[0]), Integer.parseInt(args[2]), WhenNew.valueOf(args[3]));
        try (Member member = Member.start(config);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            out.println("started");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer(member, line.split(" ", 2)));
            }
        }
    }

    private static String answer(Member member, String[] command) throws Exception {
        return switch (command[0]) {
            case "found" -> {
                member.initialize();
                yield "founded";
            }
            case "join" -> {
                JoinOutcome outcome = member.join(Integer.parseInt(command[1]), TIMEOUT);
                yield outcome instanceof Joined ? "joined" : outcome.toString();
            }
            case "remove" ->
                member.log
                        .removeMember(Long.parseLong(command[1]), TIMEOUT)
                        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                        .toString();
            case "create" -> {
                ProposalOutcome outcome = member.log
                        .propose(new CreateTopic(command[1], 1), PATIENCE)
                        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                yield outcome instanceof Committed ? "created" : outcome.toString();
            }
            case "state" -> Integer.toString(state(member));
            case "leader" -> Long.toString(member.log.leaderId());
            default -> throw new IllegalArgumentException(command[0]);
        };
    }

    private static int state(Member member) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(member.log.state(), bytes);
        return Arrays.hashCode(bytes.toByteArray());
    }
}
