import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Fetched only where a chart shows. */
export { UPlot };
