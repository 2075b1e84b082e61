import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { takeKeyFromAddress } from '../api/api.ts';
import App from './App.vue';
import { i18n } from '../texts/i18n.ts';
import '@fontsource-variable/inter';
import './theme.css';

takeKeyFromAddress();
createApp(App).use(createPinia()).use(i18n).mount('#app');
