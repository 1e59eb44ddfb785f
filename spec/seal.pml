/*
 * How one segment is written, sealed and left behind. README.md says what for, what is left out and which class does
 * what is modelled here; ./run checks it.
 *
 * Each step below is atomic; between two of them anything may happen on another node, and a crash. A message is
 * modelled by what its receiver does with it, some time after it was sent, or never. FAULT_* puts one mistake in, which
 * the check must find.
 */
#ifndef N
#define N 3                     /* replicas of the segment: nodes 0 to N-1 */
#endif
#ifndef RECORDS
#define RECORDS 3               /* what the leader appends at most */
#endif
#ifndef BACKLOG
#define BACKLOG 1               /* entries of earlier segments that nobody was handed yet */
#endif
#ifndef CRASHES
#define CRASHES 1               /* of any nodes, at any time; they restart, unless STAYS_DOWN is defined */
#endif

#define LEADER 0
#define SEALERS 2
#define MAJORITY (N / 2 + 1)    /* for an acknowledgement */
#define HALF ((N + 1) / 2)      /* for a seal */
#ifdef FAULT_SEAL_WITH_MINORITY
#define ANSWERS_NEEDED (HALF - 1)
#else
#define ANSWERS_NEEDED HALF
#endif
#ifdef FAULT_ACKNOWLEDGE_BY_HALF
#define ACKS_NEEDED HALF
#else
#define ACKS_NEEDED MAJORITY
#endif
#ifndef LOSSES
#define LOSSES 0                /* of disks, each for good: its node is no replica of the segment any more */
#endif

/* A record is the number of an entry, or this plus a cursor: how many entries have been handed out. */
#define CURSOR 16
#define IS_CURSOR(record) (record >= CURSOR)

/* A node, as a replica of the segment. */
typedef Replica {
  byte rec[RECORDS];
  byte length;                  /* records it has */
  byte durable;                 /* how many of them survive a crash */
  byte acked;                   /* how many it told its leader are durable; the word may still be under way */
  byte fence;                   /* if it takes nothing from its leader any more, 1 + its length then; durable */
  bool knows;                   /* has applied the seal; durable, as the metadata is */
  bool up;
  bool lost                     /* its disk is gone */
};
Replica replica[N];

/* The leader, in memory only. FENCED by itself, that is; a sealer fences its replica like any other. */
mtype = { NONE, LEADS, FENCED, PROPOSED };
mtype role = LEADS;
byte committed;                 /* records it knows to be on a majority */
byte readable = BACKLOG;        /* entries it may hand out: those of the backlog and among the committed records */
byte logged;                    /* entries it has handed out, as of its last cursor record */
byte cursor;                    /* the same, as it proposed */

/* All it ever appended, in order: what its streams to the followers carry, even when it has crashed. */
byte sent[RECORDS];
byte sentLength;

/* Who seals the segment, on its node, in memory only. */
typedef Sealer {
  byte home;
  byte length;                  /* 1 + the length it found, 0 before */
  bool proposed;
  bool retried                  /* has given up on a length whose holder crashed */
};
Sealer sealer[SEALERS];

/* SealSegment on its way into the metadata's log: one of each sealer, the last one the leader's. */
typedef Proposal {
  bool pending;
  byte records;
  byte cursor
};
Proposal proposal[SEALERS + 1];

/* The metadata: the seal that was applied. */
bool sealed;
byte sealedRecords;
byte sealedCursor;

byte crashes, losses;

/* What was promised, to check against; no node knows these. */
byte written;                   /* entries so far: each has a number of its own */
byte sealedRec[RECORDS];
byte acknowledged[RECORDS];     /* records whose PUT or GET was answered */
byte acknowledgedLength;
byte answered;                  /* entries whose GET was answered, those of the backlog first */

hidden byte i, j, n;            /* within a step */
hidden byte holder;

#define IS_FENCED(r) (replica[r].fence != 0)

/* For SUM, which counts the replicas of which it is true. */
#define DURABLE(r, count) (replica[r].durable >= count)
#define HOLDS(r, count) (IS_FENCED(r) && DURABLE(r, count))
#define SERVES_TAIL(r, count) (replica[r].up && HOLDS(r, count))
#define SERVES(r, count) (replica[r].up && DURABLE(r, count))
#define HAS_ACKED(r, count) (r == LEADER && DURABLE(r, count) || r != LEADER && replica[r].acked >= count)
#define IS_WHOLE(r) (replica[r].durable == sealedRecords || SUM(DURABLE, sealedRecords) == 0)
#define SETTLED(r) (!replica[r].up || (replica[r].knows && IS_WHOLE(r)))
#if N == 2
#define SUM(F, count) (F(0, count) + F(1, count))
#define ALL_SETTLED (SETTLED(0) && SETTLED(1))
#elif N == 3
#define SUM(F, count) (F(0, count) + F(1, count) + F(2, count))
#define ALL_SETTLED (SETTLED(0) && SETTLED(1) && SETTLED(2))
#elif N == 4
#define SUM(F, count) (F(0, count) + F(1, count) + F(2, count) + F(3, count))
#define ALL_SETTLED (SETTLED(0) && SETTLED(1) && SETTLED(2) && SETTLED(3))
#else
#define SUM(F, count) (F(0, count) + F(1, count) + F(2, count) + F(3, count) + F(4, count))
#define ALL_SETTLED (SETTLED(0) && SETTLED(1) && SETTLED(2) && SETTLED(3) && SETTLED(4))
#endif

/* ---- promises -------------------------------------------------------------------------------------------------- */

/* A PUT is answered OK, or a GET with all entries before the cursor: never to be taken back. */
inline promise(index, record) {
  if
  :: index < acknowledgedLength -> assert(acknowledged[index] == record)
  :: else ->
    assert(index == acknowledgedLength);
    acknowledged[index] = record;
    acknowledgedLength++
  fi;
  assert(!sealed || (index < sealedRecords && (sealedRec[index] == record || sealedRec[index] == 0)));
  if
  :: IS_CURSOR(record) -> handOut(record - CURSOR)
  :: else
  fi
}

/* The next leader hands out all entries from the seal's cursor on, so no one else may. */
inline handOut(count) {
  assert(!sealed || count <= sealedCursor);
  if
  :: count > answered -> answered = count
  :: else
  fi
}

/* An entry is returned as not stored, to be stored in the next segment. */
inline giveBack(index, record) {
  assert(IS_CURSOR(record) || index >= sealedRecords || sealedRec[index] != record)
}

/* ---- the leader ------------------------------------------------------------------------------------------------ */

inline append(record) {
  sent[sentLength] = record;
  replica[LEADER].rec[sentLength] = record;
  sentLength++;
  replica[LEADER].length = sentLength
}

inline forgetLeading() {
  role = NONE;
  committed = 0;
  readable = 0;
  cursor = 0;
  logged = 0
}

/* What was handed out but not logged is known to no one else, so it is modelled as handed out at the last moment. */
inline proposeOwn(unlogged) {
  role = PROPOSED;
  cursor = logged + unlogged;
  proposal[SEALERS].pending = true;
  proposal[SEALERS].records = sentLength;
  proposal[SEALERS].cursor = cursor;
  printf("leader proposes %d records, cursor %d\n", sentLength, cursor)
}

#define IS_READY_TO_ROLL (role == FENCED && committed == sentLength && !sealed)
#define APPENDS (role == LEADS && !IS_FENCED(LEADER) && sentLength < RECORDS)
#ifdef FAULT_ACKNOWLEDGE_EARLY
#define IS_ON_MAJORITY(count) DURABLE(LEADER, count)
#else
#define IS_ON_MAJORITY(count) (SUM(HAS_ACKED, count) >= ACKS_NEEDED)
#endif

proctype Leader() {
end:
  do
  /* a PUT */
  :: d_step { APPENDS ->
      written++;
      append(written);
      printf("leader appends entry %d\n", written)
    }
  /* a GET, and the cursor's record for it */
  :: d_step { APPENDS && logged < readable ->
      logged++;
      append(CURSOR + logged);
      printf("leader appends the cursor behind entry %d\n", logged)
    }
  /* acknowledgements of a majority arrive, and the request is answered */
  :: d_step { role != NONE && committed < sentLength && IS_ON_MAJORITY(committed + 1) ->
      printf("leader has committed record %d\n", committed);
      promise(committed, sent[committed]);
      if
      :: IS_CURSOR(sent[committed])
      :: else -> readable++
      fi;
      committed++
    }
  /* a planned rollover, with or without a GET whose cursor has no record */
  :: d_step { role == LEADS -> role = FENCED; printf("leader fences itself\n") }
  :: d_step { IS_READY_TO_ROLL -> proposeOwn(0) }
  :: d_step { IS_READY_TO_ROLL && logged < readable -> proposeOwn(1) }
  od
}

/*
 * The leader learns of the seal: what is below its length is stored on half of the replicas, whether or not the leader
 * saw a majority have it, which is a majority unless their number is even; what is above never will be. A GET without a cursor record is answered if the seal is as far as the leader proposed.
 */
#ifdef FAULT_ACKNOWLEDGE_BY_SEAL
#define SEAL_ACKNOWLEDGES true
#else
#define SEAL_ACKNOWLEDGES (HALF == MAJORITY)
#endif

inline settle() {
  for (i : 0 .. RECORDS - 1) {
    if
    :: i >= committed && i < sentLength ->
#ifdef FAULT_RETRY_WHAT_IS_SEALED
      giveBack(i, sent[i])
#else
      if
      :: i < sealedRecords && SEAL_ACKNOWLEDGES -> promise(i, sent[i])
      :: i < sealedRecords && !SEAL_ACKNOWLEDGES  /* the outcome is unknown */
      :: i >= sealedRecords -> giveBack(i, sent[i])
      fi
#endif
    :: else
    fi
  }
  if
#ifdef FAULT_ANSWER_BY_A_LATER_CURSOR
  :: role == PROPOSED -> handOut(cursor)
#else
  :: role == PROPOSED && cursor <= sealedCursor -> handOut(cursor)
#endif
  :: else
  fi;
  forgetLeading()
}

/* ---- replicas -------------------------------------------------------------------------------------------------- */

inline force(r) {
  replica[r].durable = replica[r].length
}

inline acknowledge(r) {
  if
  :: r != LEADER -> replica[r].acked = replica[r].durable
  :: else
  fi
}

inline learn(r) {
  printf("node %d learns of the seal\n", r);
  if
  :: r == LEADER && role != NONE -> settle()
  :: else
  fi;
  replica[r].knows = true;
  for (i : 0 .. RECORDS - 1) {
    if
    :: i >= sealedRecords -> replica[r].rec[i] = 0
    :: else
    fi
  }
  if
  :: replica[r].length > sealedRecords -> replica[r].length = sealedRecords
  :: else
  fi;
  if
  :: replica[r].durable > sealedRecords -> replica[r].durable = sealedRecords
  :: else
  fi;
  assert(SUM(DURABLE, sealedRecords) + losses >= HALF)
}

inline repair(r) {
  printf("node %d is repaired\n", r);
  for (i : 0 .. N - 1) {
    if
    :: SERVES(i, sealedRecords) -> holder = i
    :: else
    fi
  }
  for (i : 0 .. RECORDS - 1) {
    if
    :: i < sealedRecords -> replica[r].rec[i] = replica[holder].rec[i]
    :: else
    fi
  }
  replica[r].length = sealedRecords;
  replica[r].durable = sealedRecords
}

#define TAKES (replica[r].up && !replica[r].lost && !IS_FENCED(r) && !replica[r].knows)
#define IS_SHORT(r) (replica[r].up && replica[r].knows && replica[r].length < sealedRecords)

proctype Node(byte r) {
end:
  do
  /* the next record of the leader's stream */
  :: d_step { r != LEADER && TAKES && replica[r].length < sentLength ->
      replica[r].rec[replica[r].length] = sent[replica[r].length];
      replica[r].length++;
      printf("node %d takes record %d\n", r, replica[r].length - 1)
    }
  /* the next force of its journal */
  :: d_step { replica[r].up && replica[r].durable < replica[r].length ->
      force(r);
      printf("node %d has forced %d records\n", r, replica[r].durable);
      if
#ifdef FAULT_FENCE_BEFORE_FORCE
      :: !replica[r].knows -> acknowledge(r)
#else
      :: TAKES -> acknowledge(r)
#endif
      :: else
      fi
    }
  /* a sealer asks: what was taken before is forced and acknowledged with the fence, nothing is after it */
  :: d_step { TAKES ->
#ifndef FAULT_FENCE_BEFORE_FORCE
      force(r);
      acknowledge(r);
#endif
      replica[r].fence = 1 + replica[r].durable;
      printf("node %d fences the segment at %d records\n", r, replica[r].durable)
    }
  :: d_step { replica[r].up && sealed && !replica[r].knows -> learn(r) }
  :: d_step { IS_SHORT(r) && SUM(SERVES, sealedRecords) > 0 -> repair(r) }
  od
}

/* ---- sealers --------------------------------------------------------------------------------------------------- */

inline forgetSealing(s) {
  sealer[s].length = 0;
  sealer[s].proposed = false;
  sealer[s].retried = false
}

inline copyTail(t, count) {
  printf("record %d is copied to node %d\n", replica[t].durable, t);
  for (i : 0 .. N - 1) {
    if
    :: SERVES_TAIL(i, count) -> holder = i
    :: else
    fi
  }
  replica[t].rec[replica[t].durable] = replica[holder].rec[replica[t].durable];
  replica[t].durable++;
  if
  :: replica[t].length < replica[t].durable -> replica[t].length = replica[t].durable
  :: else
  fi
#ifdef FAULT_ACKNOWLEDGE_COPIED
  ; acknowledge(t)
#endif
}

inline propose(s, count) {
  for (i : 0 .. N - 1) {
    if
    :: HOLDS(i, count) -> holder = i
    :: else
    fi
  }
  n = 0;
#ifndef FAULT_SEAL_WITHOUT_CURSOR
  for (i : 0 .. RECORDS - 1) {
    if
    :: i < count && IS_CURSOR(replica[holder].rec[i]) -> n = replica[holder].rec[i] - CURSOR
    :: else
    fi
  }
#endif
  proposal[s].pending = true;
  proposal[s].records = count;
  proposal[s].cursor = n;
  printf("sealer %d proposes %d records, cursor %d\n", s, count, n);
  sealer[s].length = 0;
  sealer[s].proposed = true
}

/*
 * A fenced replica takes nothing from its leader, so whenever it answers, it answers what it had when it was fenced, or
 * more if a sealer has copied something to it meanwhile. The answers a sealer has are therefore not remembered one by
 * one: a length can be what it found if a majority may have answered no more, and one of them exactly that.
 */
#define SEALS (replica[sealer[s].home].up && !sealer[s].proposed && !sealed)
#define CAN_ANSWER(r) (replica[r].up || !sealer[s].retried)
#ifdef FAULT_SEAL_AT_ANY_ANSWER
#define FENCED_WITHIN(r, count) (IS_FENCED(r) && CAN_ANSWER(r))
#else
#define FENCED_WITHIN(r, count) (IS_FENCED(r) && replica[r].fence <= 1 + count && CAN_ANSWER(r))
#endif
#define HAS_ANSWERED(r, count) (FENCED_WITHIN(r, count) && HOLDS(r, count))
#define TARGET (sealer[s].length - 1)
#define FIND(count) \
  d_step { SEALS && sealer[s].length == 0 && SUM(FENCED_WITHIN, count) >= ANSWERS_NEEDED \
    && SUM(HAS_ANSWERED, count) > 0 -> \
    sealer[s].length = 1 + count; printf("sealer %d has answers for %d records\n", s, count) }
#define COPY(t) \
  d_step { SEALS && sealer[s].length != 0 && replica[t].up && IS_FENCED(t) && !DURABLE(t, TARGET) \
    && SUM(SERVES_TAIL, TARGET) > 0 -> copyTail(t, TARGET) }
#ifdef FAULT_SKIP_TAIL_COPY
#define IS_COPIED true
#else
#define IS_COPIED (SUM(HOLDS, TARGET) >= ANSWERS_NEEDED)
#endif

proctype Seal(byte s) {
end:
  do
  :: FIND(0) :: FIND(1) :: FIND(2) :: FIND(3)
  :: COPY(0) :: COPY(1)
#if N > 2
  :: COPY(2)
#endif
#if N > 3
  :: COPY(3)
#endif
#if N > 4
  :: COPY(4)
#endif
#ifndef FAULT_WAIT_FOR_A_DEAD_HOLDER
  /* Who holds the longest copy may crash before it was copied: do without its answer. */
  :: d_step { SEALS && sealer[s].length != 0 && SUM(SERVES_TAIL, TARGET) == 0 ->
      sealer[s].length = 0;
      sealer[s].retried = true;
      printf("sealer %d asks again\n", s)
    }
#endif
  :: d_step { SEALS && sealer[s].length != 0 && IS_COPIED -> propose(s, TARGET) }
  od
}

/* ---- the metadata ---------------------------------------------------------------------------------------------- */

inline checkSeal() {
  assert(SUM(DURABLE, sealedRecords) + losses >= HALF);
  /* What it is sealed with: that of any copy is that of all. What no copy has any more stays 0. */
  for (i : 0 .. N - 1) {
    for (j : 0 .. RECORDS - 1) {
      if
      :: j < sealedRecords && j < replica[i].durable && sealedRec[j] == 0 -> sealedRec[j] = replica[i].rec[j]
      :: j < sealedRecords && j < replica[i].durable && sealedRec[j] != 0 -> assert(sealedRec[j] == replica[i].rec[j])
      :: else
      fi
    }
  }
  assert(acknowledgedLength <= sealedRecords);
  for (i : 0 .. RECORDS - 1) {
    if
    :: i < acknowledgedLength -> assert(sealedRec[i] == acknowledged[i] || sealedRec[i] == 0)
    :: else
    fi
  }
  /* In order and once; and the cursor is behind what was answered, and not past the end. */
  n = 0;
  j = BACKLOG;
  for (i : 0 .. RECORDS - 1) {
    if
    :: i < sealedRecords && sealedRec[i] == 0 -> j++
    :: i < sealedRecords && sealedRec[i] != 0 && !IS_CURSOR(sealedRec[i]) ->
      assert(sealedRec[i] > n);
      n = sealedRec[i];
      j++
    :: else
    fi
  }
  assert(answered <= sealedCursor && sealedCursor <= j)
}

inline apply(p) {
  printf("the proposal of %d records, cursor %d is applied\n", proposal[p].records, proposal[p].cursor);
  if
#ifdef FAULT_SEAL_AGAIN
  :: true ->
#else
  :: !sealed ->
#endif
    assert(!sealed || (sealedRecords == proposal[p].records && sealedCursor == proposal[p].cursor));
    sealed = true;
    sealedRecords = proposal[p].records;
    sealedCursor = proposal[p].cursor;
    checkSeal()
#ifndef FAULT_SEAL_AGAIN
  :: else
#endif
  fi;
#ifndef FAULT_SEAL_AGAIN
  for (i : 0 .. SEALERS) {  /* whatever else is proposed is stale, whatever sealers go on with without effect */
    proposal[i].pending = false;
    proposal[i].records = 0;
    proposal[i].cursor = 0
  };
  for (i : 0 .. SEALERS - 1) {
    forgetSealing(i)
  };
  skip
#else
  proposal[p].pending = false
#endif
}

/* The metadata's log: takes up proposals in any order, some time, whether or not who made them still runs. */
proctype Metadata() {
end:
  do
  :: d_step { proposal[0].pending -> apply(0) }
  :: d_step { proposal[1].pending -> apply(1) }
  :: d_step { proposal[2].pending -> apply(2) }
  od
}

/* ---- crashes --------------------------------------------------------------------------------------------------- */

inline crash(r) {
  printf("node %d crashes\n", r);
  crashes++;
  replica[r].up = false;
  replica[r].length = replica[r].durable;
  for (i : 0 .. RECORDS - 1) {
    if
    :: i >= replica[r].length -> replica[r].rec[i] = 0
    :: else
    fi
  }
#ifdef FAULT_FORGET_FENCE
  replica[r].fence = 0;
#endif
  for (i : 0 .. SEALERS - 1) {
    if
    :: sealer[i].home == r -> forgetSealing(i)
    :: else
    fi
  }
  if
  :: r == LEADER -> forgetLeading()
  :: else
  fi
}

/* What is acknowledged is somewhere, whole and in its place. */
inline checkAcknowledged() {
  assert(SUM(DURABLE, acknowledgedLength) > 0)
}

/* The disk is gone with all on it: another one is no replica of an open segment, and gets a copy once it is sealed. */
inline lose(r) {
  printf("node %d loses its disk\n", r);
  losses++;
  replica[r].lost = true;
  replica[r].durable = 0;
  replica[r].fence = 0;
  crash(r);
  crashes--;
  checkAcknowledged()
}

inline restart(r) {
  printf("node %d restarts\n", r);
  replica[r].up = true;
#ifdef FAULT_RESUME
  if
  :: r == LEADER && !replica[r].knows ->
    role = LEADS;
    sentLength = replica[r].length;
    readable = BACKLOG;
    for (i : 0 .. RECORDS - 1) {
      sent[i] = replica[r].rec[i];
      if
      :: IS_CURSOR(sent[i]) -> logged = sent[i] - CURSOR
      :: else
      fi
    };
    skip
  :: else
  fi
#endif
}

proctype Faults(byte r) {
end:
  do
  :: d_step { crashes < CRASHES && replica[r].up -> crash(r) }
#if LOSSES > 0
  :: d_step { losses < LOSSES && replica[r].up -> lose(r) }
#endif
#ifndef STAYS_DOWN
  :: d_step { !replica[r].up -> restart(r) }
#endif
  od
}

/* ---- what every run must come to ------------------------------------------------------------------------------- */

/* If nothing can happen any more, this has: else spin reports an invalid end state. */
proctype Goal() {
  d_step {
    sealed && ALL_SETTLED ->
    for (i : 0 .. N - 1) {
      for (j : 0 .. RECORDS - 1) {
        assert(!replica[i].up || j >= replica[i].durable
          || replica[i].rec[j] == (sealedRec[j] != 0 -> sealedRec[j] : sent[j]))
      }
    };
    skip
  }
}

init {
  atomic {
    for (i : 0 .. N - 1) {
      replica[i].up = true;
      run Node(i);
      run Faults(i)
    }
    sealer[0].home = 1;
    if
#if N > 2
    :: sealer[1].home = 2
#endif
    :: sealer[1].home = LEADER
    fi;
    run Leader();
    run Seal(0);
    run Seal(1);
    run Metadata();
    run Goal()
  }
}
