package dev.fanoutgateway.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The example of RFC 9421, appendix B.2.5: hmac-sha256 by a shared secret. */
class SignatureVectorTest {
    @Test
    void theSignatureIsThatOfTheStandard() {
        SigningKey key = new SigningKey(
                "test-shared-secret",
                Base64.getDecoder()
                        .decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb"
                                + "mHhIDi6pcl8jsasjlTMtDQ=="));
        SignatureBase base = new SignatureBase()
                .add("date", "Tue, 20 Apr 2021 02:07:55 GMT")
                .add("@authority", "example.com")
                .add("content-type", "application/json");
        String input = base.input(";created=1618884473;keyid=\"test-shared-secret\"");
        assertThat(base.of(input)).isEqualTo("""
                        "date": Tue, 20 Apr 2021 02:07:55 GMT
                        "@authority": example.com
                        "content-type": application/json
                        "@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret\"""");
        assertThat(key.sign(base.of(input))).isEqualTo("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
    }

    @Test
    void theVerifierThatIsDocumentedIsTheOneThatIsTested() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/fanoutgateway/signing/SignatureVerifier.java"));
        assertThat(Files.readString(Path.of("../docs/verifying-signatures.md")))
                .contains(source.substring(source.indexOf("/**\n * What a backend does")));
    }
}
