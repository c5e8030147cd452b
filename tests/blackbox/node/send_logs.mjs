// Sends COUNT log records with OpenTelemetry's JavaScript SDK: node send_logs.mjs URL COUNT BASE_MS
// Record i says "card declined for order i" at BASE_MS + i, under one trace.
import { createRequire } from 'node:module';

// The packages are installed elsewhere: NODE_PACKAGES names the folder.
const require = createRequire(`${process.env.NODE_PACKAGES}/`);
const { SeverityNumber } = require('@opentelemetry/api-logs');
const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-http');
const { resourceFromAttributes } = require('@opentelemetry/resources');

const [url, count, base] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const resource = resourceFromAttributes({ 'service.name': 'payments-js' });
const records = Array.from({ length: count }, (_, i) => {
  const ms = base + i;
  const time = [Math.floor(ms / 1000), (ms % 1000) * 1e6];
  return {
    hrTime: time, hrTimeObserved: time, severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR', body: `card declined for order ${i}`,
    attributes: { 'order.id': i, 'exception.type': 'CardDeclinedError' },
    droppedAttributesCount: 0, resource,
    instrumentationScope: { name: 'checkout', version: '1.0' },
    spanContext: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
  };
});
const exporter = new OTLPLogExporter({ url });
exporter.export(records, async (result) => {
  await exporter.shutdown();
  if (result.error) console.error(result.error);
  process.exitCode = result.code === 0 ? 0 : 1;
});
