package dev.fanoutgateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.discovery.DnsBackends.Family;
import dev.fanoutgateway.discovery.DnsServer.Mood;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import dev.fanoutgateway.spi.BackendSource.Listing;
import dev.fanoutgateway.spi.BackendSource.Unavailable;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsBackendsTest {
    private DnsServer server;

    @BeforeEach
    void start() throws Exception {
        server = new DnsServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void eachAddressIsABackendInNumericalOrderUnderTheNameOfTheHost() throws Exception {
        server.address("api.test", 30, "10.0.0.10", "10.0.0.9", "192.0.2.1", "10.0.0.9");

        Listing listing = now(BackendSources.dns("https://api.test:8443/v1/"));

        assertThat(listing.backends())
                .extracting(Backend::id)
                .containsExactly(
                        "https://api.test:8443/v1#10.0.0.9",
                        "https://api.test:8443/v1#10.0.0.10",
                        "https://api.test:8443/v1#192.0.2.1");
        Backend first = listing.backends().get(0);
        assertThat(first.group()).isEqualTo("g");
        assertThat(first.base()).isEqualTo(URI.create("https://api.test:8443/v1"));
        assertThat(first.address()).isEqualTo(InetAddress.getByName("10.0.0.9"));
        assertThat(listing.lookAgain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(server.questions()).containsExactly("udp A api.test.");
    }

    @Test
    void theTimeToLiveIsHeededWithinBounds() throws Exception {
        server.address("short.test", 0, "10.0.0.1")
                .address("long.test", 86_400, "10.0.0.1")
                .address("mixed.test", 20, "10.0.0.1")
                .address("mixed.test", 10, "10.0.0.2");
        assertThat(now(BackendSources.dns("http://short.test")).lookAgain()).isEqualTo(Duration.ofSeconds(5));
        assertThat(now(BackendSources.dns("http://long.test")).lookAgain()).isEqualTo(Duration.ofMinutes(1));
        assertThat(now(BackendSources.dns("http://mixed.test")).lookAgain()).isEqualTo(Duration.ofSeconds(10));
        DnsBackends often =
                BackendSources.dns("http://long.test").between(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(now(often).lookAgain()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void addressesOfVersion6AreTakenWhereThereAreNoOthers() throws Exception {
        server.address("both.test", 60, "10.0.0.1", "2001:db8::1").address("six.test", 60, "2001:db8::2");
        assertThat(ids(BackendSources.dns("http://both.test"))).containsExactly("http://both.test#10.0.0.1");
        assertThat(ids(BackendSources.dns("http://six.test"))).containsExactly("http://six.test#2001:db8:0:0:0:0:0:2");
        assertThat(ids(BackendSources.dns("http://both.test").family(Family.IPV6)))
                .containsExactly("http://both.test#2001:db8:0:0:0:0:0:1");
        assertThat(ids(BackendSources.dns("http://both.test").family(Family.BOTH)))
                .containsExactly("http://both.test#10.0.0.1", "http://both.test#2001:db8:0:0:0:0:0:1");
        assertThatThrownBy(() -> now(BackendSources.dns("http://six.test").family(Family.IPV4)))
                .isInstanceOf(Unavailable.class)
                .hasMessage("DNS has no address for six.test");
    }

    @Test
    void addressesThatMeanNoHostAreLeftOut() throws Exception {
        server.address("odd.test", 60, "0.0.0.0", "224.0.0.1", "10.0.0.1");
        assertThat(ids(BackendSources.dns("http://odd.test"))).containsExactly("http://odd.test#10.0.0.1");
    }

    @Test
    void anAliasIsFollowed() throws Exception {
        server.alias("www.test", 60, "api.test").address("api.test", 60, "10.0.0.1");
        assertThat(ids(BackendSources.dns("http://www.test"))).containsExactly("http://www.test#10.0.0.1");
    }

    @Test
    void servicesComeByPriorityAndWeightWithTheirPorts() throws Exception {
        server.service("_api._tcp.test", 60, 20, 5, 8003, "c.test")
                .service("_api._tcp.test", 60, 10, 30, 8001, "a.test")
                .service("_api._tcp.test", 60, 10, 60, 8002, "b.test")
                .address("a.test", 60, "10.0.0.1")
                .address("b.test", 7, "10.0.0.2", "10.0.0.3")
                .address("c.test", 60, "10.0.0.4");

        Listing listing = now(BackendSources.services("https", "_api._tcp.test"));

        assertThat(listing.backends())
                .extracting(backend -> backend.id() + " " + backend.weight())
                .containsExactly(
                        "https://b.test:8002#10.0.0.2 30",
                        "https://b.test:8002#10.0.0.3 30",
                        "https://a.test:8001#10.0.0.1 30",
                        "https://c.test:8003#10.0.0.4 5");
        assertThat(listing.lookAgain()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void greatWeightsKeepTheirProportionAndNoneIsZero() throws Exception {
        server.service("_s._tcp.test", 60, 0, 65_535, 1, "a.test")
                .service("_s._tcp.test", 60, 0, 32_768, 2, "a.test")
                .service("_s._tcp.test", 60, 0, 0, 3, "a.test")
                .address("a.test", 60, "10.0.0.1");
        assertThat(now(BackendSources.services("http", "_s._tcp.test")).backends())
                .extracting(Backend::weight)
                .containsExactly(1_000, 500, 1);
    }

    @Test
    void aTargetWithoutAnAddressIsLeftOutButOneThatCannotBeResolvedIsAFailure() throws Exception {
        server.service("_s._tcp.test", 60, 0, 0, 80, "a.test")
                .service("_s._tcp.test", 60, 1, 0, 80, "gone.test")
                .service("_s._tcp.test", 60, 2, 0, 80, "bare.test")
                .address("a.test", 60, "10.0.0.1")
                .empty("bare.test");
        assertThat(ids(BackendSources.services("http", "_s._tcp.test"))).containsExactly("http://a.test:80#10.0.0.1");
        server.clear().service("_s._tcp.test", 60, 0, 0, 80, "gone.test");
        assertThatThrownBy(() -> now(BackendSources.services("http", "_s._tcp.test")))
                .hasMessage("no target of _s._tcp.test has an address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "empty", "root", "port 0"})
    void aServiceThatIsNotThereIsAFailure(String how) throws Exception {
        switch (how) {
            case "empty" -> server.empty("_s._tcp.test");
            case "root" -> server.service("_s._tcp.test", 60, 0, 0, 80, "");
            case "port 0" -> server.service("_s._tcp.test", 60, 0, 0, 0, "a.test");
            default -> server.clear();
        }
        assertThatThrownBy(() -> now(BackendSources.services("http", "_s._tcp.test")))
                .isInstanceOf(Unavailable.class)
                .hasMessage("DNS has no service _s._tcp.test");
    }

    @Test
    void aNameThatDoesNotExistIsAFailure() {
        assertThatThrownBy(() -> now(BackendSources.dns("http://nowhere.test")))
                .isInstanceOf(Unavailable.class)
                .hasMessage("DNS has no address for nowhere.test");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"SILENT", "FAILING", "REFUSING", "TRUNCATING_ONLY", "GARBLING"})
    void aServerThatDoesNotAnswerProperlyIsAFailureInTime(Mood mood) throws Exception {
        server.address("api.test", 60, "10.0.0.1", "10.0.0.2").mood(mood);
        assertThatThrownBy(() -> now(BackendSources.dns("http://api.test").timeout(Duration.ofMillis(400))))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("DNS gave no answer for api.test: ");
        assertThat(server.questions().size()).isBetween(1, 8);
        if (mood == Mood.FAILING) {
            assertThatThrownBy(() -> now(BackendSources.dns("http://api.test")))
                    .hasMessage("DNS gave no answer for api.test: SERVFAIL");
        }
        server.mood(Mood.WELL);
        assertThat(ids(BackendSources.dns("http://api.test"))).hasSize(2);
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws Exception {
        InetSocketAddress nobody;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
        DnsBackends source =
                BackendSources.dns("http://api.test").servers(nobody).timeout(Duration.ofMillis(400));
        assertThatThrownBy(() -> source.list("g").toCompletableFuture().join()).isInstanceOf(Unavailable.class);
        server.address("api.test", 60, "10.0.0.1");
        DnsBackends both = source.servers(nobody, server.address());
        assertThat(both.list("g").toCompletableFuture().join().backends())
                .as("the next one is asked")
                .hasSize(1);
    }

    @Test
    void theNextServerIsAskedWhenOneIsSilentOrFails() throws Exception {
        try (DnsServer other = new DnsServer()) {
            other.address("api.test", 60, "10.0.0.1");
            for (Mood mood : List.of(Mood.SILENT, Mood.FAILING)) {
                server.mood(mood);
                DnsBackends source = BackendSources.dns("http://api.test")
                        .servers(server.address(), other.address())
                        .timeout(Duration.ofSeconds(4));
                assertThat(source.list("g").toCompletableFuture().join().backends())
                        .hasSize(1);
            }
        }
    }

    @Test
    void aTruncatedAnswerIsFetchedByTcp() throws Exception {
        String[] addresses =
                IntStream.rangeClosed(1, 200).mapToObj(i -> "10.0.1." + i).toArray(String[]::new);
        server.address("many.test", 60, addresses).mood(Mood.TRUNCATING);
        assertThat(ids(BackendSources.dns("http://many.test"))).hasSize(200);
        assertThat(server.questions()).containsExactly("udp A many.test.", "tcp A many.test.");
    }

    @Test
    void datagramsThatAnswerAnotherQuestionAreNotTaken() throws Exception {
        server.address("api.test", 60, "10.0.0.1").mood(Mood.GUESSED_AT);
        assertThat(ids(BackendSources.dns("http://api.test"))).containsExactly("http://api.test#10.0.0.1");
        assertThat(server.questions()).hasSize(1);
    }

    @Test
    void noThreadStaysBehind() throws Exception {
        server.address("api.test", 60, "10.0.0.1");
        now(BackendSources.dns("http://api.test"));
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("dnsjava"));
    }

    @Test
    void whatCannotBeIsRefusedAtOnce() {
        assertThatThrownBy(() -> BackendSources.dns("ftp://api.test")).hasMessageContaining("got 'ftp://api.test'");
        assertThatThrownBy(() -> BackendSources.dns("http://10.0.0.1:80")).hasMessageContaining("address 10.0.0.1");
        assertThatThrownBy(() -> BackendSources.dns("http://[::1]:80")).hasMessageContaining("address [::1]");
        assertThatThrownBy(() -> BackendSources.services("tcp", "_a._tcp.test")).hasMessageContaining("'tcp'");
        assertThatThrownBy(() -> BackendSources.services("http", "a b")).hasMessageContaining("'a b'");
        DnsBackends source = BackendSources.dns("http://api.test");
        assertThatThrownBy(() -> source.timeout(Duration.ofMinutes(1))).hasMessageContaining("PT1M");
        assertThatThrownBy(() -> source.between(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("PT2S and PT1S");
        assertThatThrownBy(() -> source.servers()).hasMessageContaining("got none");
        assertThatThrownBy(() -> source.servers(InetSocketAddress.createUnresolved("ns.test", 53)))
                .hasMessageContaining("ns.test");
        assertThat(source).hasToString("DNS api.test");
    }

    private List<String> ids(DnsBackends source) {
        return now(source).backends().stream().map(Backend::id).toList();
    }

    private Listing now(DnsBackends source) {
        BackendSource asking = source.servers(server.address());
        return asking.list("g").toCompletableFuture().join();
    }
}
