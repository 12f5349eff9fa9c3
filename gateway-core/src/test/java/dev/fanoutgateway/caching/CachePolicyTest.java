package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachePolicyTest {
    @Test
    void standardHonoursTheOriginAndKeepsAnHour() {
        CachePolicy policy = CachePolicy.standard();
        assertThat(policy.enabled()).isTrue();
        assertThat(policy.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.respectOrigin()).isTrue();
        assertThat(policy.absentTtl()).isZero();
        assertThat(policy.perCaller()).isFalse();
        assertThat(policy.ignoredQuery()).isEmpty();
        assertThat(policy)
                .hasToString(
                        "{ttl: PT1H, respect-origin: true, absent-ttl: PT0S, per-caller: false, ignore-query: []}");
    }

    @Test
    void offIsOff() {
        assertThat(CachePolicy.off().enabled()).isFalse();
        assertThat(CachePolicy.off()).hasToString("off").isNotEqualTo(CachePolicy.standard());
    }

    @Test
    void verbsGiveNewPolicies() {
        CachePolicy policy = CachePolicy.standard()
                .ttl(Duration.ofMinutes(5))
                .respectOrigin(false)
                .absentTtl(Duration.ofSeconds(30))
                .perCaller(true)
                .ignoreQuery("utm_source", "fbclid", "fbclid");
        assertThat(policy)
                .hasToString("{ttl: PT5M, respect-origin: false, absent-ttl: PT30S, per-caller: true, "
                        + "ignore-query: [fbclid, utm_source]}");
        assertThat(CachePolicy.standard().ignoredQuery()).isEmpty();
        CachePolicy same = CachePolicy.standard()
                .ignoreQuery("fbclid", "utm_source")
                .perCaller(true)
                .absentTtl(Duration.ofSeconds(30))
                .respectOrigin(false)
                .ttl(Duration.ofMinutes(5));
        assertThat(policy).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(policy).isNotEqualTo(same.perCaller(false));
        assertThat(policy).isNotEqualTo(same.ignoreQuery("fbclid"));
    }

    @Test
    void laterChangesToTheNamesChangeNothing() {
        String[] names = {"a"};
        CachePolicy policy = CachePolicy.standard().ignoreQuery(names);
        names[0] = "b";
        assertThat(policy.ignoredQuery()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "P367D"})
    void refusesLifetimesOutOfRangeNamingThem(Duration lifetime) {
        assertThatThrownBy(() -> CachePolicy.standard().ttl(lifetime))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a ttl of 0 to 366 days, got " + lifetime);
        assertThatThrownBy(() -> CachePolicy.standard().absentTtl(lifetime))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent-ttl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a=b", "a&b", "#", "a\n"})
    void refusesWhatIsNoParameterName(String name) {
        assertThatThrownBy(() -> CachePolicy.standard().ignoreQuery("ok", name))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
