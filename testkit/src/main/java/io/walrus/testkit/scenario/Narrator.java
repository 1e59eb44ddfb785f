package io.walrus.testkit.scenario;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.Result;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.SegmentKey;
import io.walrus.testkit.cluster.ClusterObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes down what happens, one line each.
final class Narrator implements ClusterObserver {
    private final Wording wording;
    private List<String> lines = new ArrayList<>();
    private boolean quiet;
    private boolean tellsHeartbeats;

    Narrator(Supplier<ClusterState> decided) {
        wording = new Wording(decided);
    }

    Wording wording() {
        return wording;
    }

    void quiet(boolean now) {
        quiet = now;
    }

    /// Writes down also how nodes greet each other and show that they are there.
    void tellHeartbeats() {
        tellsHeartbeats = true;
    }

    /// What was written since this was last asked.
    List<String> take() {
        List<String> taken = lines;
        lines = new ArrayList<>();
        return taken;
    }

    /// Writes a line, whether it is quiet or not.
    void answer(String line) {
        lines.add(line);
    }

    private void tell(String line) {
        if (!quiet) {
            lines.add(line);
        }
    }

    private void tell(long from, long to, String how, List<PeerMessage> messages) {
        String text = messages.stream()
                .filter(message -> tellsHeartbeats || !isHeartbeat(message))
                .map(wording::message)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        if (!text.isEmpty()) {
            tell(from + " -> " + to + "  " + how + text);
        }
    }

    private static boolean isHeartbeat(PeerMessage message) {
        return message instanceof PeerMessage.Hello
                || message instanceof PeerMessage.Ping
                || message instanceof PeerMessage.Sync
                || message instanceof PeerMessage.Synced;
    }

    @Override
    public void received(long from, long to, List<PeerMessage> messages) {
        tell(from, to, "", messages);
    }

    @Override
    public void held(long from, long to, List<PeerMessage> messages) {
        tell(from, to, "held: ", messages);
    }

    @Override
    public void lost(long from, long to, List<PeerMessage> messages) {
        tell(from, to, "lost: ", messages);
    }

    @Override
    public void proposed(long nodeId, Command command) {
        tell(nodeId + " proposes: " + wording.command(command));
    }

    @Override
    public void decided(long number, Command command, Result result) {
        tell("decided #" + number + ": " + wording.command(command) + " => " + Wording.result(result));
    }

    @Override
    public void applied(long nodeId, long number) {
        tell(nodeId + " applies #" + number);
    }

    @Override
    public void leadsMetadata(long nodeId) {
        tell(nodeId == 0 ? "nobody leads the metadata" : nodeId + " leads the metadata");
    }

    @Override
    public void readsDisk(long nodeId) {
        tell(nodeId + " reads from its disk");
    }

    @Override
    public void stored(long nodeId, SegmentKey segment, CopyPlace place, CopyState before, CopyState now) {
        String copy = (place == CopyPlace.SECOND ? "a second copy of " : "") + wording.segment(segment);
        if (!now.exists()) {
            tell(nodeId + " deletes " + copy);
            return;
        }
        if (now.records() < before.records()) {
            tell(nodeId + " cuts " + copy + " to " + Wording.count(now.records(), "record"));
        } else if (now.records() > Math.max(0, before.records())) {
            tell(nodeId + " stores " + copy + ": " + Wording.count(now.records(), "record"));
        }
        if (now.isFenced() && !before.isFenced()) {
            tell(nodeId + " fences " + copy);
        }
    }

    @Override
    public void started(long nodeId) {
        tell(nodeId + " starts");
    }

    @Override
    public void ended(long nodeId) {
        tell(nodeId + " ends");
    }

    @Override
    public void logFailed(long nodeId) {
        tell("the log of " + nodeId + " fails");
    }

    @Override
    public void noRoom(long nodeId, String request) {
        tell(nodeId + " has no room in its journal for " + request(request));
    }

    @Override
    public void answered(long nodeId, String request, String reply, @Nullable String payload) {
        tell(nodeId + " answers " + request(request) + ": " + reply
                + (payload == null ? "" : " " + Wording.text(payload)));
    }

    private static String request(String request) {
        String[] words = request.split(" ", 3);
        return words[0].equals("PUT") && words.length > 2 ? "PUT " + words[1] + " " + Wording.text(words[2]) : request;
    }
}
