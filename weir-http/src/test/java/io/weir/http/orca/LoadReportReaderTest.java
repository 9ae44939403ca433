package io.weir.http.orca;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.xds.data.orca.v3.OrcaLoadReport;
import io.weir.core.model.OrcaReport;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadReportReaderTest {
    private static final OrcaReport WHOLE = new OrcaReport(0.25, 0.5, 0.75, 120.5, 2, Map.of("gpu", 0.9),
            Map.of("rows", 31.0), Map.of("queue", 7.0));
    private static final OrcaLoadReport MESSAGE = OrcaLoadReport.newBuilder().setCpuUtilization(0.25)
            .setMemUtilization(0.5).setApplicationUtilization(0.75).setRpsFractional(120.5).setEps(2)
            .putUtilization("gpu", 0.9).putRequestCost("rows", 31).putNamedMetrics("queue", 7).build();

    @Test
    void aTextIsReadWithItsWordOrWithout() {
        String text = "cpu_utilization=0.25, mem_utilization=0.5,application_utilization=0.75, rps_fractional=120.5,"
                + "eps=2,utilization.gpu=0.9,request_cost.rows=31,named_metrics.queue=7";
        assertThat(LoadReportReader.read("TEXT " + text)).isEqualTo(WHOLE);
        assertThat(LoadReportReader.read(text)).isEqualTo(WHOLE);
        assertThat(LoadReportReader.read(text.replace('=', ':'))).isEqualTo(WHOLE);
    }

    @Test
    void theBinaryFormIsReadWithPaddingOrWithout() {
        String padded = Base64.getEncoder().encodeToString(MESSAGE.toByteArray());
        String plain = Base64.getEncoder().withoutPadding().encodeToString(MESSAGE.toByteArray());
        assertThat(LoadReportReader.read("BIN " + padded)).isEqualTo(WHOLE);
        assertThat(LoadReportReader.binary(plain)).isEqualTo(WHOLE);
    }

    @Test
    void theJsonFormIsRead() {
        assertThat(LoadReportReader.read("JSON {\"cpu_utilization\": 0.25, \"memUtilization\": 0.5,"
                + " \"application_utilization\": 0.75, \"rps_fractional\": 120.5, \"eps\": 2,"
                + " \"utilization\": {\"gpu\": 0.9}, \"request_cost\": {\"rows\": 31},"
                + " \"named_metrics\": {\"queue\": 7}}")).isEqualTo(WHOLE);
    }

    @Test
    void whatCannotBeReadIsNoReport() {
        for (String wrong : new String[]{"", "TEXT", "TEXT ", "TEXT nonsense", "BIN ????", "BIN AAAA", "JSON", "JSON {",
                "JSON [1]", "JSON {\"eps\": \"many\"}", "=1,:2", "cpu_utilization=lots"}) {
            assertThat(LoadReportReader.read(wrong)).as(wrong).isNull();
        }
    }

    @Test
    void oneWrongEntryOfATextLeavesTheOthers() {
        assertThat(LoadReportReader.read("rps_fractional=10,eps=many,cpu_utilization=0.5,cpu_utilization=0.9,zeal=1"))
                .isEqualTo(new OrcaReport(0.5, 0, 0, 10, 0, Map.of(), Map.of(), Map.of()));
    }

    @Test
    void numbersComeAsTheyAreTold() {
        OrcaReport odd = LoadReportReader.read("rps_fractional=NaN,cpu_utilization=-1");
        assertThat(odd).isEqualTo(new OrcaReport(-1, 0, 0, Double.NaN, 0, Map.of(), Map.of(), Map.of()));
    }
}
