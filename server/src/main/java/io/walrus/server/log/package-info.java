/// The log engine in this process: its events, its background reads, traces of the last run; and the log for people.
@NullMarked
package io.walrus.server.log;

import org.jspecify.annotations.NullMarked;
