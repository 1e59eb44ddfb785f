package io.walrus.node.config;

/// The times of a node that are not for operators to set, in nanoseconds, each with its relation to the settings of
/// [Timeouts]: above all to the node timeout (1 s unless set, 200 ms at least), after which a silent node counts as
/// dead.
///
/// All of them are looked at in a tick, so none is exact to more than [#TICK_NS].
public final class Timing {
    private static final long MS = 1_000_000;

    /// Between two ticks. Half of the least node timeout, so that a heartbeat is never missed for want of a tick.
    public static final long TICK_NS = 100 * MS;

    /// Without a tick, after which the process ends itself. Fifteen node timeouts: others took what it led long
    /// ago, and nothing that a healthy node does holds its lock for so long.
    public static final long TICKS_STOPPED_NS = 15_000 * MS;

    /// Between two heartbeats to the metadata's leader, which renew the lease. A tenth of the node timeout: nine may
    /// be lost.
    public static final long HEARTBEAT_NS = 100 * MS;

    /// Without a leader of the metadata, after which the operator is told. Five node timeouts: longer than an election,
    /// even one that fails once.
    public static final long LEADER_LOST_NS = 5_000 * MS;

    /// After so long without a message a ping is sent, so that a channel that is merely idle is told from a silent
    /// one. A fifth of the node timeout.
    public static final long PING_NS = 200 * MS;

    /// A gap between two ticks from which on this process itself was paused: the others' silence during it proves
    /// nothing. Half of the node timeout, and several ticks.
    public static final long OWN_PAUSE_NS = 500 * MS;

    /// For how long a node leads nothing after followers that are alive confirmed nothing to it. Thirty node
    /// timeouts: a link that stays cut costs a topic one failover in that time.
    public static final long COMMIT_STALL_REST_NS = 30_000 * MS;

    /// Between two tries to have another node lead the metadata while this one is stalled. About the node timeout.
    public static final long YIELD_AGAIN_NS = 1_000 * MS;

    /// Before a lost channel is dialled anew the first time. Far below the node timeout: a reset costs no failover.
    public static final long FIRST_REDIAL_NS = 50 * MS;

    /// Between two dials of a node that stays away, at most. About the node timeout: a node that is back is met
    /// within one.
    public static final long MAX_REDIAL_NS = 1_000 * MS;

    /// For how long a leader's refusal of a forwarded request is believed while the metadata stays as it was. Below
    /// the node timeout: it covers the time in which one of the two has yet to apply a seal.
    public static final long REFUSAL_BELIEVED_NS = 200 * MS;

    /// By how much a node that forwarded a request waits longer than the leader that it asked, so that the leader's
    /// answer always comes first. Independent of the node timeout. Its client waits longer than both, see
    /// [io.walrus.protocol.ReplyTimes].
    public static final long FORWARD_GRACE_NS = 500 * MS;

    /// For how long STATE waits for the topic's leader before it is answered with what is known here. Two node
    /// timeouts and a half: longer than a failover takes.
    public static final long STATE_PATIENCE_NS = 2_500 * MS;

    /// Before records are offered anew to a follower that has yet to hear of their segment: the time in which
    /// metadata reaches a node. Below the node timeout.
    public static final long FOLLOWER_EARLY_NS = 200 * MS;

    /// Before records are offered anew to a follower that refused them, or after a read that failed. About the node
    /// timeout: by then the segment may well be sealed, and nothing is to be offered any more.
    public static final long FOLLOWER_REFUSED_NS = 1_000 * MS;

    /// For each step of a seal before it begins anew with the replicas that can be reached then. About the node
    /// timeout: a replica that does not answer within it counts as dead.
    public static final long SEAL_STEP_NS = 1_000 * MS;

    /// For the answer of one replica to one step of a seal. Twice the step: the answer may still serve the next one.
    public static final long SEAL_ANSWER_NS = 2 * SEAL_STEP_NS;

    /// Before a seal is proposed anew whose outcome is unknown. Two node timeouts: metadata has a new leader by then.
    public static final long SEAL_PROPOSE_AGAIN_NS = 2_000 * MS;

    /// Before any other command is proposed anew whose outcome is unknown. About the node timeout.
    public static final long PROPOSE_AGAIN_NS = 1_000 * MS;

    /// For the answer to a read of another node's records. Two node timeouts: another source is asked after.
    public static final long TRANSFER_ANSWER_NS = 2_000 * MS;

    /// Before a repair that failed is tried again. Half of the node timeout: nobody waits for it, and it costs a
    /// read.
    public static final long REPAIR_AGAIN_NS = 500 * MS;

    /// Before a repair is tried again for which no other node had the records. Three node timeouts: the time of a
    /// node's restart.
    public static final long REPAIR_STALLED_NS = 3_000 * MS;

    /// For the answers of all replicas that are asked whether they are whole. Two node timeouts.
    public static final long REMOVAL_ANSWER_NS = 2_000 * MS;

    /// Before a removal of surplus replicas is tried again. About the node timeout.
    public static final long REMOVAL_AGAIN_NS = 1_000 * MS;

    /// Bytes of how much time the limit on copying lets through at once after a pause. Independent of the node
    /// timeout.
    public static final long COPY_BURST_NS = 250 * MS;

    /// Tenths of the period of a scrub that its rounds take: the rest is for what holds them up.
    public static final int SCRUB_ROUND_TENTHS = 8;

    /// How often the place of a scrub is noted for the next run of the node. Independent of the node timeout.
    public static final long SCRUB_NOTE_NS = 60_000 * MS;

    /// For how long what is appended may wait for the disk before a scrub keeps away from it. Independent of the node
    /// timeout.
    public static final long SCRUB_YIELD_NS = 20 * MS;

    private Timing() {}
}
