/// Golden scenarios: files of commands for a scripted cluster, with what happens printed below each. They are tests and
/// the tutorial of what nodes say to each other; `node/src/test/scenarios/README.md` says how to read and write one.
@NullMarked
package io.walrus.testkit.scenario;

import org.jspecify.annotations.NullMarked;
