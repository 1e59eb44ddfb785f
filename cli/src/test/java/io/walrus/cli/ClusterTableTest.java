package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTableTest {
    private static final String JSON = """
            {"cluster":"c-1","metadata_leader":2,"nodes":[
            {"id":1,"raft_address":"h1:6001","client_address":"h1:9091","status":"active","alive":true,
            "last_heard_ms":40,"log":"ok","segments_led":3,"replicas":120},
            {"id":2,"raft_address":"h2:6001","client_address":"h2:9091","status":"leaving","alive":true,
            "last_heard_ms":0,"log":"disk_full","segments_led":0,"replicas":7},
            {"id":13,"raft_address":"h13:6001","client_address":"h13:9091","status":"active","alive":false,
            "last_heard_ms":65000,"log":null,"segments_led":1,"replicas":9}],
            "topics":4,"segments":{"open":4,"sealed":41,"under_replicated_open":1,"under_replicated_sealed":9}}""";

    @Test
    void aNodeIsALine() {
        assertThat(new ClusterTable(JSON).text()).isEqualTo("""
                cluster c-1, * leads the metadata
                node  status   alive  heard     log        leads  stores  clients   raft
                 1    active   yes    now       ok         3      120     h1:9091   h1:6001
                *2    leaving  yes    now       disk_full  0      7       h2:9091   h2:6001
                 13   active   no     65 s ago  -          1      9       h13:9091  h13:6001
                4 topics, 41 sealed segments; with too few live copies: 1 open, 9 sealed""");
    }

    @Test
    void tellsHowMuchANodeStores() {
        ClusterTable table = new ClusterTable(JSON);
        assertThat(table.replicas(2)).isEqualTo(7);
        assertThat(table.replicas(3)).isNull();
    }

    @Test
    void readsAllThatJsonHas() {
        assertThat(JsonReader.read(" {\"a\\n\\u00e9\\\"\" : [1,-2, true,null,{}, []] } "))
                .isEqualTo(Map.of("a\né\"", Arrays.asList(1L, -2L, true, null, Map.of(), List.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1", "{\"a\"}", "{\"a\":1} x", "\"a", "nope", "[1 2]", "\"\\u00"})
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
