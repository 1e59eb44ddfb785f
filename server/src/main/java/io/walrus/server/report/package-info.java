/// The JSON bodies of STATE, METRICS and CLUSTER.
@NullMarked
package io.walrus.server.report;

import org.jspecify.annotations.NullMarked;
