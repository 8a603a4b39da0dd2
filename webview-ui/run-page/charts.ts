import { html, nothing, type TemplateResult } from 'lit';
import type { RunPagePoint, RunPageView } from '../../src/protocol/run-page.js';
import { l10n } from '../shared/l10n.js';
import { lineChart } from './line-chart.js';

export function charts({ points, showsRu, tone }: RunPageView): TemplateResult | typeof nothing {
  if (points.length < 2) {
    return tone === 'running'
      ? html`<p class="empty">${l10n.t('The charts start with the first documents.')}</p>`
      : nothing;
  }
  const end = tone === 'running' ? l10n.t('now') : l10n.t('end');
  const of = (value: (point: RunPagePoint) => number): readonly number[] => points.map(value);
  const times = of((point) => point.at);
  const throttled = of((point) => point.throttledPerSecond);
  return html`<div class="charts">
    ${lineChart({
      title: l10n.t('Documents per second'),
      times,
      end,
      series: [{ name: l10n.t('documents/s'), look: 'main', values: of((point) => point.documentsPerSecond) }],
    })}
    ${
      showsRu
        ? lineChart({
            title: l10n.t('Request units per second'),
            times,
            end,
            series: [
              { name: l10n.t('used'), look: 'main', values: of((point) => point.ruPerSecond) },
              { name: l10n.t('provisioned'), look: 'limit', values: of((point) => point.provisioned) },
            ],
          })
        : nothing
    }
    ${
      showsRu || throttled.some((value) => value > 0)
        ? lineChart({
            title: l10n.t('Throttled per second'),
            times,
            end,
            series: [{ name: l10n.t('throttled/s'), look: 'warn', values: throttled }],
          })
        : nothing
    }
  </div>`;
}
