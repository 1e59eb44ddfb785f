package io.walrus.testkit.cluster;

import io.walrus.metadata.Command;
import io.walrus.metadata.Result;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.SegmentKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Is told what happens in a simulated cluster, between its nodes and on their disks, when it happens. What it is given
/// is valid during the call.
public interface ClusterObserver {
    /// Sees nothing.
    ClusterObserver NONE = new ClusterObserver() {
        @Override
        public boolean isListening() {
            return false;
        }
    };

    /// Whether it is worth telling of messages.
    default boolean isListening() {
        return true;
    }

    /// Messages that were sent in one piece reach a node.
    default void received(long from, long to, List<PeerMessage> messages) {}

    /// They wait on their way, as a script has them wait.
    default void held(long from, long to, List<PeerMessage> messages) {}

    /// They waited, and the channel broke.
    default void lost(long from, long to, List<PeerMessage> messages) {}

    /// A node proposes a change of the metadata.
    default void proposed(long nodeId, Command command) {}

    /// A change was decided.
    ///
    /// @param number how many were, with this one
    default void decided(long number, Command command, Result result) {}

    /// A node hears of a decision.
    default void applied(long nodeId, long number) {}

    /// A node leads the metadata from now on, or none if it is 0.
    default void leadsMetadata(long nodeId) {}

    /// A node has something read from its disk or computed outside its lock.
    default void readsDisk(long nodeId) {}

    /// What a node stores of a segment for good is different.
    ///
    /// @param place which of the copies that a node may have of one segment
    default void stored(long nodeId, SegmentKey segment, CopyPlace place, CopyState before, CopyState now) {}

    /// A node's process has begun.
    default void started(long nodeId) {}

    /// A node's process has ended, in good order or not.
    default void ended(long nodeId) {}

    /// A node's log has failed: it stores nothing more until it is started again.
    default void logFailed(long nodeId) {}

    /// A request of a client came when the log had no room for it.
    default void noRoom(long nodeId, String request) {}

    /// A client has its reply, or knows that there will be none.
    ///
    /// @param payload what came with the reply, or null if nothing did
    default void answered(long nodeId, String request, String reply, @Nullable String payload) {}

    /// Whether a copy is the only one on its node, or made in place of a damaged one.
    enum CopyPlace {
        FIRST,
        SECOND
    }

    /// What is durable of a copy.
    ///
    /// @param records how many, or -1 if there is no such copy
    record CopyState(long records, boolean isFenced) {
        /// There is no copy.
        public static final CopyState NONE = new CopyState(-1, false);

        public boolean exists() {
            return records >= 0;
        }
    }
}
