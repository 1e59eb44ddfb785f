package io.walrus.node.request;

import io.walrus.node.topic.ServedTopic;

/// What becomes of the requests that wait for a topic when its lead changes: they are carried out here, passed on to
/// the leader, returned to the node they came from, or refused. Guarded by the node's lock.
public final class WaitingRequests {
    private final Puts puts;
    private final SharedCursor cursor;
    private final RemoteRequests remote;
    private final Forwarding forwarding;
    private final Registrations registrations;
    private final long timeoutNs;

    /// @param timeoutNs how long a request may wait
    public WaitingRequests(
            Puts puts,
            SharedCursor cursor,
            RemoteRequests remote,
            Forwarding forwarding,
            Registrations registrations,
            long timeoutNs) {
        this.puts = puts;
        this.cursor = cursor;
        this.remote = remote;
        this.forwarding = forwarding;
        this.registrations = registrations;
        this.timeoutNs = timeoutNs;
    }

    /// Another segment is open, whoever leads it: GETs of the last one are answered or begin anew.
    ///
    /// @param isNext whether no other segment was open in between
    public void opened(ServedTopic topic, boolean isNext) {
        cursor.opened(topic, isNext);
    }

    /// Another node leads the topic: what waits goes there.
    public void passOn(ServedTopic topic) {
        remote.returnStale(topic);
        forwarding.pump(topic);
        registrations.served(topic.name());
    }

    /// What other nodes passed on expects a segment that is not the open one any more, or not led here.
    public void returnStale(ServedTopic topic) {
        remote.returnStale(topic);
    }

    /// This node leads the topic, or requests came back: carries out what waits, as far as the open segment takes it.
    public void carryOut(ServedTopic topic) {
        puts.appendWaiting(topic);
        cursor.resume(topic);
    }

    /// The topic can be written to: those who registered it are told.
    public void served(ServedTopic topic) {
        registrations.served(topic.name());
    }

    /// Nothing that waits for the topic will be carried out.
    public void refuse(ServedTopic topic, String error) {
        puts.refuseWaiting(topic, error);
        cursor.refuseWaiting(topic, error);
    }

    /// Refuses what waits for a log that has failed.
    public void refuseReadOnly(ServedTopic topic) {
        refuse(topic, puts.readOnly());
    }

    /// Refuses what has waited too long.
    public void expire(ServedTopic topic) {
        puts.expire(topic, timeoutNs);
        cursor.expire(topic, timeoutNs);
    }
}
