package io.walrus.metadata;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A change that a node can propose. A command carries the state that it expects. So several nodes may propose it, or
/// one twice after a lost reply, and it happens once. Values are checked when the command is applied, and a bad one is
/// answered [Result.Rejected]; the constructors only refuse nulls.
public sealed interface Command {

    /// The first command of a cluster. The same id again is [Result.Ok], another one is rejected.
    record InitCluster(UUID clusterId) implements Command {
        public InitCluster {
            Objects.requireNonNull(clusterId, "clusterId");
        }
    }

    /// Adds a node or replaces its addresses, disk and run. A node that was [NodeStatus#GONE] is active again by a new
    /// run.
    record UpsertNode(NodeInfo node) implements Command {
        public UpsertNode {
            Objects.requireNonNull(node, "node");
        }
    }

    /// Removes a node that no segment has a replica on. Removing an unknown one is [Result.Ok].
    record RemoveNode(long nodeId) implements Command {}

    /// Sets a node's status. [Result.Rejected] if there is no such node, or another status than
    /// `expected` is in force; setting the one that is in force is [Result.Ok].
    ///
    /// @param expected the status it has to have, or null for any
    record SetNodeStatus(long nodeId, @Nullable NodeStatus expected, NodeStatus status) implements Command {
        public SetNodeStatus {
            Objects.requireNonNull(status, "status");
        }
    }

    /// Creates a topic with one open segment, placed by [Placement#forNewTopic]; [Result.Created], or [Result.Exists].
    record CreateTopic(String name, int replicationFactor) implements Command {
        public CreateTopic {
            Objects.requireNonNull(name, "name");
        }
    }

    /// Seals the open segment at an agreed length and extends the chain by one with the next number:
    /// [Result.Sealed], or [Result.Stale] if `segment` is not the open one, or a new replica's node is not in the
    /// cluster any more, or has another disk.
    ///
    /// A segment without entries leaves the chain. Cursors only move forward: of a cursor's position here and its
    /// position when the segment was opened, the greater one counts.
    ///
    /// @param records all records of the segment, cursor records included
    /// @param entries the records that hold entries of clients
    /// @param cursors the cursors after the last record
    record SealSegment(
            long topicId,
            long segment,
            long records,
            long entries,
            long bytes,
            Map<String, CursorPosition> cursors,
            long newLeader,
            List<Replica> newReplicas)
            implements Command {
        public SealSegment {
            cursors = Map.copyOf(cursors);
            newReplicas = List.copyOf(newReplicas);
        }
    }

    /// Records where a sealed segment's copies are, if they have moved `moves` times so far and each new replica's node
    /// is in the cluster with that disk, else [Result.Stale]. An open segment's replicas change by sealing it.
    ///
    /// A comparison of replica lists would not do. A list may come back to an earlier value, and a proposal
    /// that was taken for lost may be applied long after that.
    ///
    /// Setting the same list once more counts as a move: it makes every earlier proposal void.
    ///
    /// @param moves as [SealedSegment#moves] was when the copies were looked at
    record SetReplicas(long topicId, long segment, long moves, List<Replica> replicas) implements Command {
        public SetReplicas {
            replicas = List.copyOf(replicas);
        }
    }

    /// Removes the sealed segments with numbers below `beforeSegment`. Costs in proportion to what it removes.
    record TrimTopic(long topicId, long beforeSegment) implements Command {}

    /// Removes a topic. Its id is never reused; its name is free again. Costs in proportion to what it removes.
    record DeleteTopic(long topicId) implements Command {}

    /// Several commands in one proposal, applied in order, each succeeding or failing on its own:
    /// [Result.BatchResult]. Batches do not nest.
    record Batch(List<Command> commands) implements Command {
        public Batch {
            commands = List.copyOf(commands);
        }
    }
}
